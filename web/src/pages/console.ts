import "../styles/console.css";
import { startAttributes } from "../console/attributes";
import { startAudit } from "../console/audit";
import { startBulk } from "../console/bulk";
import { startHealth } from "../console/health";
import { startHere } from "../console/here";
import { startPeople } from "../console/people";
import { startPerson } from "../console/person";
import { startRules } from "../console/rules";
import { startSure } from "../console/sure";
import { startTabs } from "../console/tabs";

startHere();
startSure();
startPerson();
startBulk();
startHealth();
const parts = { people: startPeople(), attributes: startAttributes(), rules: startRules(), audit: startAudit() };
startTabs((tab) => parts[tab as keyof typeof parts]?.refresh());

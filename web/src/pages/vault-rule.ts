import { RuleField } from "../vault/rulefield";

const place = document.querySelector<HTMLElement>("[data-rule]");
if (place) new RuleField(place);

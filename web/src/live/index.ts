import { io } from "socket.io-client";
import { startAlerts } from "./alerts";
import { Connection, type Door, type Wire } from "./connection";
import { Indicator } from "./indicator";
import { speakThrough } from "./feed";
import type { Place } from "./link";
import { startToasts, tellWhy } from "./toasts";

const BEAT = 1_000;

/** The place in the room's history that the server read before it read this page's data, if it says so. */
function placeOfPage({ liveEpoch, liveOffset }: DOMStringMap): Place | null {
  const place = { epoch: Number(liveEpoch), offset: Number(liveOffset) };
  return liveEpoch && liveOffset && Number.isSafeInteger(place.epoch) && Number.isSafeInteger(place.offset) ? place : null;
}

/** The companies an owner's page shows: every element that says `data-live-company`. */
function companies(): number[] {
  const ids = [...document.querySelectorAll<HTMLElement>("[data-live-company]")].map((e) => Number(e.dataset.liveCompany));
  return [...new Set(ids.filter((id) => Number.isSafeInteger(id) && id > 0))];
}

function isDoor(word: string | undefined): word is Door {
  return word === "admin" || word === "dashboard";
}

function start(door: Door): void {
  const wire = io({
    transports: ["websocket"],
    autoConnect: false,
    reconnectionDelay: 250,
    reconnectionDelayMax: 5_000,
    randomizationFactor: 1, // anything from at once to twice the delay: a restarted server is not stormed
    timeout: 8_000,
  });
  const indicator = new Indicator();
  const connection = new Connection(
    wire as unknown as Wire,
    door,
    {
      now: Date.now,
      random: Math.random,
      later: (what, milliseconds) => void window.setTimeout(what, milliseconds),
      companies,
      show: (link) => indicator.show(link, Date.now()),
      gone: tellWhy,
    },
    { place: placeOfPage(document.body.dataset), network: navigator.onLine },
  );
  window.addEventListener("online", () => connection.take({ type: "network", online: true }));
  window.addEventListener("offline", () => connection.take({ type: "network", online: false }));
  document.addEventListener("visibilitychange", () => connection.take({ type: "tick" }));
  window.addEventListener("pageshow", () => connection.take({ type: "tick" }));
  window.setInterval(() => connection.take({ type: "tick" }), BEAT);
  speakThrough((kind, said) => void (wire.connected && wire.emit(kind, said)));
  connection.start();
}

startToasts();
startAlerts();
const door = document.body.dataset.liveRoom;
if (isDoor(door)) start(door);

// Watches which tab is in front and tells the agent on this computer, nobody else.

import { Link } from "./link.js";
import { told } from "./tab.js";

const AGENT = "com.sundial.agent";
const LOOK_AGAIN_MS = 1000;
const popups = new Set();
let lastTold = null;

const link = new Link({ open: openLine, later: (call, wait) => setTimeout(call, wait), changed: tellAgain });

/** The browser says why a line ended in a place of its own, to be read during the event. */
function openLine() {
  const port = chrome.runtime.connectNative(AGENT);
  return {
    postMessage: (message) => port.postMessage(message),
    onMessage: port.onMessage,
    onDisconnect: {
      addListener: (call) => port.onDisconnect.addListener(() => call(port, chrome.runtime.lastError?.message)),
    },
  };
}

let looking = false;
let lookAgain = false;
let nextLook;

/** One look at a time; what happens meanwhile is looked at afterwards, so that the last word is the newest. */
async function look() {
  if (looking) {
    lookAgain = true;
    return;
  }
  looking = true;
  try {
    do {
      lookAgain = false;
      const words = told(await front(), link.want);
      if (link.send(words)) lastTold = words;
    } while (lookAgain);
  } finally {
    looking = false; // a line that ended meanwhile says so itself, and is opened again
  }
  lookLater();
  showPopups();
}

/** Chromium does not tell of the first loss of focus after its start: what is in front is looked at again. */
function lookLater() {
  clearTimeout(nextLook);
  nextLook = lastTold ? setTimeout(look, LOOK_AGAIN_MS) : undefined;
}

/** The active tab of the window that has the focus; null while another program has it. */
async function front() {
  try {
    const window = await chrome.windows.getLastFocused();
    if (!window.focused) return null;
    const [tab] = await chrome.tabs.query({ active: true, windowId: window.id });
    return tab ?? null;
  } catch {
    return null; // no window is left, or it closed between two questions
  }
}

function tellAgain() {
  lastTold = null;
  void look();
}

function showPopups() {
  for (const popup of popups) popup.postMessage(state());
}

function state() {
  return { reached: link.reached, want: link.want, problem: link.problem, told: lastTold };
}

chrome.tabs.onActivated.addListener(look);
chrome.tabs.onUpdated.addListener((_id, change) => {
  if ("url" in change || "title" in change || change.status === "complete") void look();
});
chrome.tabs.onRemoved.addListener(look);
chrome.tabs.onReplaced.addListener(look);
chrome.windows.onFocusChanged.addListener(look);
chrome.windows.onRemoved.addListener(look);

chrome.runtime.onConnect.addListener((popup) => {
  popups.add(popup);
  popup.onDisconnect.addListener(() => popups.delete(popup));
  link.connect();
  popup.postMessage(state());
});

chrome.runtime.onInstalled.addListener(() => link.connect());
chrome.runtime.onStartup.addListener(() => link.connect());
chrome.alarms.onAlarm.addListener(() => link.connect());
void chrome.alarms.create("connect", { periodInMinutes: 0.5 });
link.connect();

// Shows what the background says. Titles and addresses are anybody's words: they only ever become text.

import { reachedWords, toldLines, wantedWords } from "./words.js";

const place = (id) => document.getElementById(id);

function show(state) {
  document.body.dataset.reached = String(state.reached);
  place("reached").textContent = reachedWords(state);
  place("wanted").textContent = wantedWords(state);
  const lines = toldLines(state);
  place("last").hidden = lines.length === 0;
  place("told").replaceChildren(...lines.map(line));
}

function line(text) {
  const item = document.createElement("li");
  const words = document.createElement("bdi"); // right-to-left marks stay in their own line
  words.textContent = text;
  item.append(words);
  return item;
}

chrome.runtime.connect({ name: "popup" }).onMessage.addListener(show);

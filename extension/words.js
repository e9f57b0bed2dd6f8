// What the popup says, in plain words.

const WANTED = {
  none: "Nothing: the agent asks for no websites now.",
  domain: "The name of the website in front, such as example.org. Not its address, its title, or what is on the page.",
  detail: "The name, address and title of the website in front. Not what follows “?” in the address, not what is on the page.",
};

/** Whether the agent is reached, for someone who wants to know. */
export function reachedWords({ reached, problem }) {
  if (reached) return "Connected to the Sundial agent on this computer.";
  if (/not found|forbidden/i.test(problem)) {
    return "Not set up: this browser does not know the Sundial agent. Run “sundial-agent browser install” once.";
  }
  return "The Sundial agent is not running on this computer. Nothing is sent.";
}

/** What is sent now. */
export function wantedWords({ reached, want }) {
  return reached ? WANTED[want] : "Nothing.";
}

/** The last thing told, line by line. */
export function toldLines({ told }) {
  return told ? [told.domain, told.url, told.title].filter(Boolean) : [];
}

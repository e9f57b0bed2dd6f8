export interface Look {
  ink: string;
  muted: string;
  line: string;
  strong: string;
  paper: string;
  raised: string;
  sans: string;
  hue: (name: string) => string;
}

const HUES: Record<string, string> = {
  other: "--hue-other",
  work: "--good",
  open: "--accent",
  away: "--caution",
  pause: "--quiet",
};

/** The token behind a hue's name; a name that is none is the first. */
export function tokenOf(name: string): string {
  return /^[1-8]$/.test(name) ? `--hue-${name}` : (HUES[name] ?? "--hue-1");
}

/** What the tokens are at this moment, as colours that a canvas can draw. */
export function lookOf(place: HTMLElement): Look {
  const probe = document.createElement("span");
  probe.hidden = true;
  place.append(probe);
  const colours = new Map<string, string>();
  const read = (token: string): string => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  for (const name of ["1", "2", "3", "4", "5", "6", "7", "8", ...Object.keys(HUES)]) colours.set(tokenOf(name), read(tokenOf(name)));
  const [ink, muted, line, strong, paper, raised] = ["--ink", "--muted", "--line", "--line-strong", "--paper", "--raised"].map(read);
  const sans = getComputedStyle(place).fontFamily;
  probe.remove();
  return { ink, muted, line, strong, paper, raised, sans, hue: (name) => colours.get(tokenOf(name)) ?? "" } as Look;
}

/** A colour that is this share of one and the rest of another; where one is no plain rgb, it is the first. */
export function mixed(one: string, other: string, share: number): string {
  const [first, second] = [one, other].map((colour) => (colour.startsWith("rgb(") ? colour.match(/[\d.]+/g)?.map(Number) : undefined));
  if (!first || !second) return one;
  return `rgb(${first.map((part, at) => Math.round(part * share + (second[at] ?? 0) * (1 - share))).join(", ")})`;
}

import { describe, expect, it } from "vitest";
import { axisWord, brief, type ChartData, harmless, optionsFor, type Scene, stepOf, stepped, tipOf } from "./chart-options";
import { mixed, tokenOf } from "./chart-theme";

const data = (more: Partial<ChartData> = {}): ChartData => ({
  kind: "bars",
  unit: "length",
  labels: ["Mon", "Tue", "Wed"],
  series: [
    { label: "Active", hue: "work", values: [3600, null, 7200], words: ["1:00:00", "–", "2:00:00"] },
    { label: "Away", hue: "away", values: [60, null, 0], words: ["0:01:00", "–", "0:00:00"] },
  ],
  hour: "h",
  minute: "min",
  ...more,
});
const look: Scene["look"] = {
  ink: "ink",
  muted: "muted",
  line: "line",
  strong: "strong",
  paper: "rgb(255, 255, 255)",
  raised: "raised",
  sans: "Inter",
  hue: (name) => (name === "1" ? "rgb(0, 0, 0)" : `hue ${name}`),
};
const scene = (more: Partial<Scene> = {}): Scene => ({ look, width: 900, still: false, ...more });
const drawn = (given: ChartData, more: Partial<Scene> = {}) => optionsFor(given, scene(more)) as any;

describe("axes", () => {
  it("begin at zero and end at a whole step above the highest sum", () => {
    const { yAxis } = drawn(data());
    expect([yAxis.min, yAxis.max, yAxis.interval]).toEqual([0, 7200, 1800]);
  });

  it("count in minutes, in whole hours, and in 1, 2 or 5 of anything else", () => {
    expect([50, 900, 30_000, 400_000].map((top) => stepOf(top, "length"))).toEqual([60, 300, 7200, 86_400]);
    expect(stepOf(3600 * 900, "length")).toBe(3600 * 200);
    expect([3, 17, 900].map((top) => stepOf(top, "count"))).toEqual([1, 5, 200]);
    expect(stepOf(1, "share")).toBeCloseTo(0.2);
  });

  it("are drawn also where all is zero", () => {
    expect(drawn(data({ series: [] })).yAxis.max).toBe(60);
  });

  it("name their values with units", () => {
    expect(axisWord(7200, 3600, data())).toBe("2 h");
    expect(axisWord(1800, 1800, data())).toBe("30 min");
    expect(axisWord(0.4, 0.2, data({ unit: "share" }))).toBe("40 %");
    expect(axisWord(1500, 500, data({ unit: "count" }))).toBe("1,500");
  });
});

describe("series", () => {
  it("keep their gaps, and a line does not bridge one", () => {
    expect(drawn(data()).series[0].data).toEqual([3600, null, 7200]);
    expect(drawn(data({ kind: "line" })).series.map((one: { connectNulls: boolean }) => one.connectNulls)).toEqual([false, false]);
  });

  it("are labelled directly where there is room: bars that stand alone, and lines at their end", () => {
    const single = data({ series: data().series.slice(0, 1) });
    const shows = (given: ChartData, width: number) => drawn(given, { width }).series[0].label.show;
    expect([shows(single, 900), shows(single, 100), shows(data(), 900)]).toEqual([true, false, false]);
    expect(drawn(single).series[0].label.formatter({ dataIndex: 2 })).toBe("2:00");
    expect([900, 300].map((width) => drawn(data({ kind: "line" }), { width }).series[0].endLabel.show)).toEqual([true, false]);
  });

  it("keep names at the end of lines apart, however close the lines end", () => {
    const ends = drawn(data({ kind: "line" })).series as { endLabel: { lineHeight: number; fontSize: number }; labelLayout: object }[];
    for (const { endLabel, labelLayout } of ends) {
      expect(endLabel.lineHeight).toBeGreaterThan(endLabel.fontSize);
      expect(labelLayout).toEqual({ moveOverlap: "shiftY" });
    }
  });

  it("take the colours of the page", () => {
    expect(drawn(data()).series.map((one: { itemStyle: { color: string } }) => one.itemStyle.color)).toEqual(["hue work", "hue away"]);
    expect(["3", "work", "no-such"].map(tokenOf)).toEqual(["--hue-3", "--good", "--hue-1"]);
  });

  it("do not move for those who asked for stillness", () => {
    expect([drawn(data()).animation, drawn(data(), { still: true }).animation]).toEqual([true, false]);
  });
});

describe("a heatmap", () => {
  it("leaves out cells of which nothing is known, and is palest where there was nothing", () => {
    const given = data({ kind: "heat", series: [{ label: "Mon", hue: "1", values: [0, null, 10], words: ["", "", ""] }] });
    const { series, visualMap } = drawn(given);
    expect(series[0].data).toEqual([[0, 0, 0], [2, 0, 10]]);
    expect(visualMap.inRange.color).toEqual(["rgb(235, 235, 235)", "rgb(0, 0, 0)"]);
    expect(visualMap.show).toBe(false);
  });

  it("keeps a colour that it cannot mix", () => {
    expect(mixed("oklch(1 0 0)", "rgb(0, 0, 0)", 0.5)).toBe("oklch(1 0 0)");
  });
});

describe("tips", () => {
  it("say the words of the table, as text of the canvas: the content policy allows no markup of styles", () => {
    const { tooltip } = drawn(data());
    expect(tooltip.renderMode).toBe("richText");
    expect(tooltip.formatter([{ dataIndex: 2, value: 7200 }])).toBe("Wed\nActive  2:00:00\nAway  0:00:00");
    expect(tipOf(data(), 0, 1)).toEqual(["Mon", "Away  0:01:00"]);
  });

  it("do not take words from outside for marks of style", () => {
    expect(/\{[a-zA-Z0-9_]+\|/.test(harmless("{title|forged}"))).toBe(false);
    expect(drawn(data({ labels: ["{b|x}", "", ""] })).tooltip.formatter([{ dataIndex: 0, value: 1 }])).not.toContain("{b|");
  });

  it("cut lengths short only where they are lengths", () => {
    expect([brief("12:03:59"), brief("53 %"), brief("–")]).toEqual(["12:03", "53 %", "–"]);
  });
});

describe("walking along a chart", () => {
  it("begins at the first mark, keeps inside, and goes down where bars lie", () => {
    expect(stepped(data(), null, "ArrowRight")).toEqual({ at: 0, row: 0 });
    expect(stepped(data(), { at: 2, row: 0 }, "ArrowRight")).toEqual({ at: 2, row: 0 });
    expect(stepped(data(), { at: 2, row: 0 }, "ArrowDown")).toBeNull();
    expect(stepped(data({ kind: "across" }), { at: 0, row: 0 }, "ArrowDown")).toEqual({ at: 1, row: 0 });
    expect(stepped(data({ kind: "heat" }), { at: 1, row: 0 }, "ArrowDown")).toEqual({ at: 1, row: 1 });
    expect(stepped(data(), { at: 0, row: 0 }, "End")).toEqual({ at: 2, row: 0 });
    expect(stepped(data(), { at: 0, row: 0 }, "x")).toBeNull();
    expect(stepped(data({ labels: [] }), null, "ArrowRight")).toBeNull();
  });
});

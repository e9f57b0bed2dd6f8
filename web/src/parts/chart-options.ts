import type { EChartsCoreOption } from "echarts/core";
import { type Look, mixed } from "./chart-theme";

export interface Series {
  label: string;
  hue: string;
  values: (number | null)[];
  words: string[];
}

export interface ChartData {
  kind: "bars" | "across" | "line" | "heat";
  unit: "length" | "share" | "count";
  labels: string[];
  series: Series[];
  hour: string;
  minute: string;
}

export interface Scene {
  look: Look;
  width: number;
  still: boolean;
}

const LENGTHS = [60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400];
const MOST_TICKS = 5;
const LABEL_ROOM = 56; // pixels of the canvas for each bar, of which its axis takes some
const BESIDE_LINE = 150;
const NARROW = 480;
const SMALL = 12;
const LINE = 16; // of words beside one another: without it ECharts takes them to be 4 pixels high and lets them touch

/** The step between two lines of an axis that begins at zero: whole hours or minutes, 1, 2 or 5 of anything else. */
export function stepOf(top: number, unit: ChartData["unit"]): number {
  if (unit === "length") {
    const known = LENGTHS.find((step) => top / step <= MOST_TICKS);
    if (known) return known;
    return 3600 * stepOf(top / 3600, "count");
  }
  const least = unit === "share" ? 0.01 : 1;
  for (let ten = least; ; ten *= 10) {
    const step = [1, 2, 5].map((part) => part * ten).find((one) => top / one <= MOST_TICKS);
    if (step) return step;
  }
}

/** A value as its axis names it. */
export function axisWord(value: number, step: number, data: Pick<ChartData, "unit" | "hour" | "minute">): string {
  if (data.unit === "share") return `${Math.round(value * 100)} %`;
  if (data.unit === "count") return value.toLocaleString(document.documentElement.lang || "en");
  return step >= 3600 ? `${Math.round(value / 36) / 100} ${data.hour}` : `${Math.round(value / 60)} ${data.minute}`;
}

/** Words from outside, which must not be read as marks of style. */
export function harmless(words: string): string {
  return words.replaceAll("{", "{\u2060");
}

/** Hours and minutes of a length, where there is no room for the seconds. */
export function brief(words: string): string {
  return /^\d+:\d\d:\d\d$/.test(words) ? words.slice(0, -3) : words;
}

/** What a mark says: the label, and of each series its value. */
export function tipOf(data: ChartData, at: number, row: number | null = null): string[] {
  const shown = row === null ? data.series : data.series.slice(row, row + 1);
  return [data.labels[at] ?? "", ...shown.map((one) => `${one.label}  ${one.words[at] ?? ""}`)];
}

function tip(data: ChartData, scene: Scene): object {
  return {
    renderMode: "richText",
    confine: true,
    trigger: data.kind === "heat" ? "item" : "axis",
    axisPointer: { type: data.kind === "line" ? "line" : "shadow", lineStyle: { color: scene.look.strong }, shadowStyle: { opacity: 0.06, color: scene.look.ink } },
    backgroundColor: scene.look.raised,
    borderColor: scene.look.line,
    textStyle: { color: scene.look.ink, fontFamily: scene.look.sans, fontSize: SMALL },
    transitionDuration: 0,
    formatter: (marks: unknown) => {
      const mark = (Array.isArray(marks) ? marks[0] : marks) as { dataIndex: number; value: unknown } | undefined;
      if (!mark) return "";
      if (data.kind !== "heat") return tipOf(data, mark.dataIndex).map(harmless).join("\n");
      const [at, row] = mark.value as [number, number];
      return tipOf(data, at, row).map(harmless).join("\n");
    },
  };
}

function topOf(data: ChartData): number {
  const stacked = data.kind !== "line";
  const sums = data.labels.map((_, at) => {
    const values = data.series.map((one) => one.values[at] ?? 0);
    return stacked ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values);
  });
  return Math.max(0, ...sums);
}

function axes(data: ChartData, scene: Scene): { names: object; values: object } {
  const { look } = scene;
  const top = topOf(data);
  const step = stepOf(top, data.unit);
  const text = { color: look.muted, fontFamily: look.sans, fontSize: SMALL };
  const narrow = scene.width < NARROW;
  const across = data.kind === "across";
  const names = {
    type: "category",
    data: data.labels,
    inverse: across,
    boundaryGap: data.kind !== "line",
    axisTick: { show: false },
    axisLine: { lineStyle: { color: look.strong } },
    axisLabel: { ...text, hideOverlap: true, ...(across ? { width: narrow ? 96 : 180, overflow: "truncate", color: look.ink } : {}) },
  };
  const values = {
    type: "value",
    min: 0,
    max: Math.max(step, Math.ceil(top / step) * step),
    interval: step,
    splitLine: { lineStyle: { color: look.line } },
    axisLabel: { ...text, hideOverlap: true, formatter: (value: number) => axisWord(value, step, data) },
  };
  return { names, values };
}

function bars(data: ChartData, scene: Scene): object[] {
  const across = data.kind === "across";
  const roomy = data.series.length === 1 && (across || scene.width / Math.max(1, data.labels.length) > LABEL_ROOM);
  return data.series.map((one) => ({
    type: "bar",
    name: one.label,
    stack: "all",
    data: one.values,
    barMaxWidth: across ? 18 : 40,
    itemStyle: { color: scene.look.hue(one.hue), borderRadius: data.series.length === 1 ? (across ? [0, 3, 3, 0] : [3, 3, 0, 0]) : 0 },
    label: {
      show: roomy,
      position: across ? "right" : "top",
      color: scene.look.muted,
      fontFamily: scene.look.sans,
      fontSize: SMALL,
      formatter: (mark: { dataIndex: number }) => brief(one.words[mark.dataIndex] ?? ""),
    },
  }));
}

function lines(data: ChartData, scene: Scene): object[] {
  const named = data.series.length > 1 && scene.width >= NARROW;
  return data.series.map((one) => ({
    type: "line",
    name: one.label,
    data: one.values,
    connectNulls: false,
    symbol: "circle",
    symbolSize: 5,
    showSymbol: data.labels.length <= 31,
    lineStyle: { width: 2, color: scene.look.hue(one.hue) },
    itemStyle: { color: scene.look.hue(one.hue) },
    endLabel: { show: named, color: scene.look.ink, fontFamily: scene.look.sans, fontSize: SMALL, lineHeight: LINE, width: BESIDE_LINE - 16, overflow: "truncate", formatter: () => one.label },
    labelLayout: { moveOverlap: "shiftY" },
  }));
}

function heat(data: ChartData, scene: Scene): EChartsCoreOption {
  const { look } = scene;
  const cells = data.series.flatMap((one, row) => one.values.map((value, at) => [at, row, value] as const)).filter(([, , value]) => value !== null);
  const hue = look.hue(data.series[0]?.hue ?? "1");
  const text = { color: look.muted, fontFamily: look.sans, fontSize: SMALL };
  const bare = { axisTick: { show: false }, axisLine: { show: false }, splitLine: { show: false } };
  return {
    tooltip: tip(data, scene),
    grid: { left: 4, right: 4, top: 4, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { type: "category", data: data.labels, ...bare, axisLabel: { ...text, hideOverlap: true } },
    yAxis: { type: "category", data: data.series.map((one) => one.label), inverse: true, ...bare, axisLabel: { ...text, color: look.ink } },
    visualMap: { show: false, min: 0, max: Math.max(1, ...cells.map(([, , value]) => value ?? 0)), inRange: { color: [mixed(hue, look.paper, 0.08), hue] } },
    series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: look.paper, borderWidth: 2, borderRadius: 4 }, emphasis: { itemStyle: { borderColor: look.ink } } }],
  };
}

/** Everything that ECharts needs to draw a chart, from its data and the look of this moment. */
export function optionsFor(data: ChartData, scene: Scene): EChartsCoreOption {
  const common = { animation: !scene.still, animationDuration: 150, animationDurationUpdate: 0 };
  if (data.kind === "heat") return { ...common, ...heat(data, scene) };
  const { names, values } = axes(data, scene);
  const across = data.kind === "across";
  const beside = data.kind === "line" && data.series.length > 1 && scene.width >= NARROW;
  return {
    ...common,
    tooltip: tip(data, scene),
    grid: { left: 4, right: across ? 56 : beside ? BESIDE_LINE : 12, top: 20, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: across ? values : names,
    yAxis: across ? names : values,
    series: data.kind === "line" ? lines(data, scene) : bars(data, scene),
  };
}

export interface Place {
  at: number;
  row: number;
}

/** Where an arrow leads among the marks of a chart; past the last one it stays. */
export function stepped(data: ChartData, from: Place | null, key: string): Place | null {
  const last = data.labels.length - 1;
  const rows = data.kind === "heat" ? data.series.length - 1 : 0;
  if (last < 0) return null;
  const along = data.kind === "across" ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
  const [back, on] = along as [string, string];
  const moves: Record<string, Place> = { [back]: { at: -1, row: 0 }, [on]: { at: 1, row: 0 } };
  if (rows > 0) Object.assign(moves, { ArrowUp: { at: 0, row: -1 }, ArrowDown: { at: 0, row: 1 } });
  if (key === "Home") return { at: 0, row: from?.row ?? 0 };
  if (key === "End") return { at: last, row: from?.row ?? 0 };
  const move = moves[key];
  if (!move) return null;
  if (!from) return { at: 0, row: 0 };
  return { at: Math.min(Math.max(from.at + move.at, 0), last), row: Math.min(Math.max(from.row + move.row, 0), rows) };
}

import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { type ECharts, init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { type ChartData, optionsFor, type Place, stepped, tipOf } from "./chart-options";
import { lookOf } from "./chart-theme";

use([BarChart, LineChart, HeatmapChart, GridComponent, TooltipComponent, VisualMapComponent, LabelLayout, CanvasRenderer]);

class Drawn {
  private readonly chart: ECharts;
  private at: Place | null = null;

  constructor(
    private readonly figure: HTMLElement,
    private readonly canvas: HTMLElement,
    private readonly data: ChartData,
  ) {
    canvas.style.height = `${canvas.clientHeight}px`; // ECharts empties the place that held it open
    this.chart = init(canvas, null, { renderer: "canvas" });
    canvas.addEventListener("keydown", (event) => this.press(event));
    canvas.addEventListener("blur", () => this.leave());
    figure.addEventListener("click", (event) => this.turn(event));
    new ResizeObserver(() => this.fit()).observe(canvas);
    this.draw();
  }

  draw(): void {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.chart.setOption(optionsFor(this.data, { look: lookOf(this.figure), width: this.canvas.clientWidth, still }), { notMerge: true });
  }

  private fit(): void {
    if (this.canvas.clientWidth === 0 || this.canvas.clientWidth === this.chart.getWidth()) return;
    this.chart.resize();
    this.draw();
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return this.leave();
    const next = stepped(this.data, this.at, event.key);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    this.at = next;
    this.show(next);
  }

  private show({ at, row }: Place): void {
    const heat = this.data.kind === "heat";
    const cell = heat ? this.cellOf(at, row) : at;
    this.chart.dispatchAction(cell < 0 ? { type: "hideTip" } : { type: "showTip", seriesIndex: 0, dataIndex: cell });
    const said = this.figure.querySelector("[data-chart-said]");
    if (said) said.textContent = tipOf(this.data, at, heat ? row : null).join(", ");
  }

  /** The number of a cell among those that are drawn; cells without data are not. */
  private cellOf(at: number, row: number): number {
    if (this.data.series[row]?.values[at] == null) return -1;
    const before = this.data.series.flatMap((one, line) => one.values.map((value, place) => value !== null && (line < row || (line === row && place < at))));
    return before.filter(Boolean).length;
  }

  private leave(): void {
    this.at = null;
    this.chart.dispatchAction({ type: "hideTip" });
    this.chart.dispatchAction({ type: "updateAxisPointer", currTrigger: "leave" });
  }

  private turn(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-chart-turn]") : null;
    if (!button) return;
    const open = this.figure.toggleAttribute("data-as-table");
    button.setAttribute("aria-expanded", String(open));
  }
}

const drawn = new WeakMap<Element, Drawn>();

/** Draw every chart under `root` that is not drawn yet. */
export function drawCharts(root: ParentNode = document): Drawn[] {
  const found: Drawn[] = [];
  for (const figure of root.querySelectorAll<HTMLElement>("[data-chart]")) {
    const canvas = figure.querySelector<HTMLElement>("[data-chart-canvas]");
    const told = figure.querySelector('script[type="application/json"]');
    if (!canvas || !told) continue;
    const one = drawn.get(figure) ?? new Drawn(figure, canvas, JSON.parse(told.textContent ?? "{}") as ChartData);
    drawn.set(figure, one);
    found.push(one);
  }
  return found;
}

/** Draw the page's charts, and draw them anew whenever the look changes. */
export function startCharts(): void {
  drawCharts();
  const again = (): void => drawCharts().forEach((one) => one.draw());
  new MutationObserver(again).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  for (const asked of ["(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)"]) window.matchMedia(asked).addEventListener("change", again);
  void document.fonts?.ready.then(again); // a canvas does not change its letters by itself
  document.body.addEventListener("htmx:after:swap", again);
}

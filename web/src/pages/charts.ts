import { startCharts } from "../parts/chart";

startCharts();

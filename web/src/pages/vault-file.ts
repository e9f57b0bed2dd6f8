import { showPdf } from "../vault/pdf";
import { watchStanding } from "../vault/standing";

const page = document.querySelector<HTMLElement>("[data-vault-file]");
if (page) watchStanding(page);
const pdf = document.querySelector<HTMLElement>("[data-pdf]");
if (pdf) void showPdf(pdf);

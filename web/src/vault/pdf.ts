import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy } from "pdfjs-dist";
import worker from "pdfjs-dist/build/pdf.worker.min.mjs?url";

const AT_ONCE = 5; // pages drawn before somebody asks for more
const SHARPEST = 2; // device pixels a CSS pixel

/** Draw a document page by page. Nothing in it runs: no scripts, no forms, no links, no layers of the viewer. */
export async function showPdf(place: HTMLElement): Promise<void> {
  GlobalWorkerOptions.workerSrc = worker;
  try {
    const loading = getDocument({
      url: place.dataset["pdf"] ?? "",
      disableAutoFetch: true,
      enableXfa: false,
      isEvalSupported: false,
      useWasm: false,
    });
    const found = await loading.promise;
    place.replaceChildren();
    await drawMore(place, found, 1);
  } catch {
    place.replaceChildren(Object.assign(document.createElement("p"), { className: "card-body", textContent: place.dataset["failed"] ?? "" }));
  }
  place.removeAttribute("aria-busy");
}

async function drawMore(place: HTMLElement, found: PDFDocumentProxy, from: number): Promise<void> {
  const last = Math.min(found.numPages, from + AT_ONCE - 1);
  for (let number = from; number <= last; number += 1) {
    if (!place.isConnected) return;
    await draw(place, found, number);
  }
  if (last >= found.numPages) return;
  const more = Object.assign(document.createElement("button"), { className: "button", type: "button" });
  more.textContent = place.dataset["moreWord"] ?? "";
  more.addEventListener("click", () => {
    more.remove();
    void drawMore(place, found, last + 1);
  });
  place.append(more);
}

async function draw(place: HTMLElement, found: PDFDocumentProxy, number: number): Promise<void> {
  const page = await found.getPage(number);
  const canvas = document.createElement("canvas");
  const plain = page.getViewport({ scale: 1 });
  const scale = (place.clientWidth / plain.width) * Math.min(window.devicePixelRatio || 1, SHARPEST);
  const viewport = page.getViewport({ scale });
  canvas.width = Math.floor(viewport.width);
  canvas.height = Math.floor(viewport.height);
  canvas.setAttribute("role", "img");
  const words = (place.dataset["pageWord"] ?? "").replace("##", String(found.numPages)).replace("#", String(number));
  canvas.setAttribute("aria-label", words);
  place.append(canvas);
  await page.render({ canvas, viewport, annotationMode: 0 }).promise;
}

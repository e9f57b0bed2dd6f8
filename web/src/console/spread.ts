/** Some moment of this span, by chance: what all windows are told at once they do not all ask about at once. */
export function spread(from: number, to: number): () => number {
  return () => from + Math.random() * (to - from);
}

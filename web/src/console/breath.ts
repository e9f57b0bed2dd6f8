/** Let the page answer whoever types or scrolls before it goes on; unlike a timer, it is as quick in a window behind others. */
export function breath(): Promise<void> {
  return new Promise((goOn) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      goOn();
    };
    port2.postMessage(null);
  });
}

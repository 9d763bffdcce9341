/**
 * Resolves at Ctrl-C or SIGTERM. From the call on, these signals no longer end the process: whoever waits does, in
 * order. Repeated ones change nothing, because a terminal and `npm` both send theirs.
 */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve());
  });
}

/** Ends with an exporter that never lets a shutdown finish. Argument: whether it awaits the shutdown, or just ends. */
import { init, shutdown, startSession } from 'agentops';

const client = init({
  logs: { level: 'silent' },
  exporters: [{ export() {}, shutdown: () => new Promise(() => {}) }],
});
startSession().end();
if (process.argv[2] === 'awaits') {
  await shutdown(50);
  console.log(JSON.stringify(client.stats().exporters.Object?.dropped));
} else {
  // Telemetry's own listener has run before this one: what still keeps the process alive would be its doing.
  process.once('beforeExit', () => {
    const resources = process.getActiveResourcesInfo();
    process.once('exit', () => console.log(JSON.stringify(resources.filter((name) => name === 'Timeout'))));
  });
}

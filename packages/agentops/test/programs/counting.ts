/** Counts something and ends. Argument: the endpoint of the metrics. */
import { init } from 'agentops';

const [endpoint = ''] = process.argv.slice(2);
const client = init({ exporters: [], logs: { level: 'silent' }, metrics: { otlp: { endpoint } } });
client.telemetry.meter.createCounter('shop.orders').add(3);
console.log('last line');

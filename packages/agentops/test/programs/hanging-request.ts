/**
 * Has a request under way that is never answered, and nothing else to do once something is said on standard input.
 * Arguments: the transport, the URL, the authority.
 */
import { openClient } from '../../src/telemetry/transport/open-client.ts';

const [transport, url = '', ca = ''] = process.argv.slice(2);
const client = openClient({
  transport: transport === 'grpc' ? 'grpc' : 'http',
  url,
  headers: {},
  tls: { ca },
  compression: 'none',
});
client.request(new Uint8Array(200_000), new AbortController().signal).then(
  () => console.log('answered'),
  (error) => console.log('failed', error),
);
process.stdin.once('data', () => process.stdin.destroy());

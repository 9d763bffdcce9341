/** Starts the SDK with an exporter and metrics over plain HTTP and says which of Node's larger parts that has loaded. */
import process from 'node:process';
import { init } from 'agentops';

init({
  exporters: [{ type: 'otlp', endpoint: 'http://127.0.0.1:9', protocol: 'http/protobuf' }],
  metrics: { prometheus: { port: 0 } },
  spool: false,
});
const { moduleLoadList } = process as unknown as { readonly moduleLoadList: readonly string[] };
const loaded = ['internal/deps/undici/undici', 'tls', 'http2', 'http'].filter((part) =>
  moduleLoadList.includes(`NativeModule ${part}`),
);
console.log(JSON.stringify(loaded));
process.exit();

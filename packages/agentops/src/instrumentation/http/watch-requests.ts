import { NodeRequests } from './node-requests.ts';
import { UndiciRequests } from './undici-requests.ts';

let watching = false;

/** From now on the requests of the process are looked at; which of them are followed is decided one by one. */
export function watchRequests(): void {
  if (watching) return;
  watching = true;
  new UndiciRequests().subscribe();
  new NodeRequests().subscribe();
}

/** `for=192.0.2.60`, `for="[2001:db8::1]:4711"` (RFC 7239). */
const FOR = /(?:^|[;,\s])for=(?:"([^"]*)"|([^;,\s]*))/gi;

/** More than there are proxies before any service; each costs a look at the lists of who is trusted. */
const MOST_HOPS = 32;

/** An address without port and brackets. */
const ADDRESS = /^\[?([\da-f.:]*?)\]?(?::\d+)?$/i;

/**
 * Who a request came by: the other end of the connection, and whoever is named in the headers of proxies. What those say
 * can be made up; so it may take trust away, and never give it.
 */
export function hopsOf(
  peer: string | undefined,
  forwardedFor: string | string[] | null | undefined,
  forwarded: string | string[] | null | undefined,
): (string | undefined)[] {
  const named = [
    ...textOf(forwardedFor).split(','),
    ...[...textOf(forwarded).matchAll(FOR)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
  ];
  const hops = named.filter((name) => name.trim() !== '').map((name) => addressOf(name.trim()));
  return hops.length > MOST_HOPS ? [peer, 'unknown'] : [peer, ...hops];
}

function textOf(value: string | string[] | null | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

/** What is no address (`unknown`, `_hidden`) stays as it is: nobody trusts it. */
function addressOf(name: string): string {
  const colons = name.split(':').length - 1;
  const isBareIpv6 = colons > 1 && !name.startsWith('[');
  return isBareIpv6 ? name : (ADDRESS.exec(name)?.[1] ?? name);
}

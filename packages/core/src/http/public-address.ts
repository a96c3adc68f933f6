import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Loopback, private, link-local, carrier-grade and reserved addresses (RFC 6890): none of them is eGain's. */
const INTERNAL = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  INTERNAL.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  // `::`, `::1`, and IPv4 addresses in the form that RFC 4291 §2.5.5.1 deprecates.
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  // Teredo and 6to4, whose addresses hold IPv4 addresses.
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  // Site-local (RFC 3879), which some networks still use.
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  INTERNAL.addSubnet(network, prefix, 'ipv6');
}

/** Whether an address may be connected to when a name is said to be on the internet. IPv4 inside IPv6 is unpacked. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  // BlockList unpacks ::ffff:10.0.0.1 itself.
  return !INTERNAL.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Whether a URL names an internal address itself, so that no name is looked up. `URL` has normalised what is decimal,
 * octal, hexadecimal or short (T111).
 */
export function isInternalAddress({ hostname }: URL): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(address) !== 0 && !isPublicAddress(address);
}

/**
 * A look-up for connections that refuses a name which resolves into the internal network: checked on the very address
 * that is then connected to, so that a second answer of the name server changes nothing (DNS rebinding, T075).
 */
export const lookupPublicAddress: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const refused =
      error ?? (addresses.every(({ address }) => isPublicAddress(address)) ? undefined : internalAddress());
    if (refused) callback(refused, '', 0);
    else if (options.all) callback(null, addresses);
    else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
  });
};

function internalAddress(): NodeJS.ErrnoException {
  return Object.assign(new Error('the name resolves to an internal address'), { code: 'EGAIN_INTERNAL_ADDRESS' });
}

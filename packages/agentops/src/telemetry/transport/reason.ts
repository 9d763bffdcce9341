/** What to do about errors that do not say it themselves. */
const REMEDIES: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'set tls.ca to the authority that signed it',
  SELF_SIGNED_CERT_IN_CHAIN: 'set tls.ca to the authority that signed it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'set tls.ca to the authority that signed it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'set tls.ca to the authority that signed it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'set tls.serverName to the name in the certificate',
  EPROTO: 'is it an https endpoint?',
  ERR_HTTP2_ERROR: 'is it a gRPC endpoint?',
  HPE_INVALID_CONSTANT: 'is it an HTTP endpoint? gRPC has one of its own',
};

/** Why there was no answer. Errors that only wrap another one are left out. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  const code = 'code' in error ? String(error.code) : '';
  // Of every address that was tried there is an error, and no message of their own.
  const message = error.message.trim() || code || error.name;
  const remedy = REMEDIES[code];
  return remedy === undefined ? message : `${message}; ${remedy}`;
}

/**
 * The body of an OTLP request is not what it claims to be. A receiver answers 400: sending the same bytes again
 * cannot succeed.
 */
export class OtlpDecodeError extends Error {
  override readonly name = 'OtlpDecodeError';
  readonly code = 'malformed_otlp';
  /** Where in the body: `byte 1042` of protobuf, `resourceSpans[0].scopeSpans[2]` of JSON; empty where unknown. */
  readonly where: string;

  /**
   * @param problem what is wrong, as a sentence without its full stop
   * @param where the place in the body, empty where it is not known
   */
  constructor(problem: string, where: string, options?: ErrorOptions) {
    super(`Malformed OTLP trace request${where === '' ? '' : ` at ${where}`}: ${problem}.`, options);
    this.where = where;
  }
}

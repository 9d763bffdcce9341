/**
 * The key of a value in `AttributeTypes`: the attribute's name and then one step for every array index or map key
 * on the way to the value, each escaped as in a JSON pointer (RFC 6901).
 *
 * @param parent the key of the array or map the value is in; undefined for an attribute itself
 */
export function typePath(parent: string | undefined, step: string | number): string {
  const escaped = typeof step === 'number' ? String(step) : step.replaceAll('~', '~0').replaceAll('/', '~1');
  return parent === undefined ? escaped : `${parent}/${escaped}`;
}

/** A member of anything; undefined where there is none. */
export function property(owner: unknown, name: string): unknown {
  return owner === Object(owner) ? Reflect.get(owner as object, name) : undefined;
}

/**
 * The prototype that has the method at `path` of a client: that of `Chat.Completions` for `chat.completions.create`.
 *
 * @param classes Has the classes of the client's parts as members, and those the classes of theirs.
 */
export function prototypeAt(path: readonly string[], classes: object): unknown {
  const part = path.slice(0, -1).map(capitalised).reduce<unknown>(property, classes);
  return property(part, 'prototype');
}

/** The prototypes of all parts of a client: they inherit from what those in `known` inherit from. */
export function partPrototypes(classes: object, known: readonly unknown[]): readonly object[] {
  const bases = new Set(known.filter(isObject).map((prototype) => Object.getPrototypeOf(prototype)));
  const found: object[] = [];
  const seen = new Set<unknown>();
  const look = (owner: object): void => {
    for (const member of Object.values(owner)) {
      if (typeof member !== 'function' || seen.has(member)) continue;
      seen.add(member);
      const { prototype } = member;
      if (isObject(prototype) && bases.has(Object.getPrototypeOf(prototype))) found.push(prototype);
      look(member);
    }
  };
  look(classes);
  return found;
}

/** The methods that a prototype has of its own. */
export function methodNames(prototype: object): readonly string[] {
  const members = Object.entries(Object.getOwnPropertyDescriptors(prototype));
  return members
    .filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function')
    .map(([name]) => name);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

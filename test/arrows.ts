import { join, normalize } from 'node:path';

/** How one package may import another: as any import, by `import()` where it is needed, or for its types alone. */
type Manner = 'any' | 'dynamic' | 'types';

/** Who may import whom. A package that is not named may import none of the others. */
export const ARROWS: Readonly<Record<string, Readonly<Record<string, Manner>>>> = {
  agentops: { '@agentops/postgres': 'dynamic' },
  '@agentops/otlp': {},
  '@agentops/model-server': {},
  '@agentops/postgres': { '@agentops/otlp': 'any' },
  '@agentops/server': { '@agentops/otlp': 'any', '@agentops/postgres': 'any' },
  '@agentops/dashboard': { '@agentops/server/api': 'types' },
  '@agentops/cli': { agentops: 'any', '@agentops/server': 'any', '@agentops/model-server': 'any' },
};

/** One `import`, `export … from` or `import()` of a source file. */
interface Import {
  readonly specifier: string;
  readonly manner: Manner;
}

/** One file of a package, `path` being relative to the package. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** The dependencies of a package that its users install with it. */
export interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** What `file` of the package `from` imports against the arrows; a line for each. */
export function forbiddenImports(from: string, file: SourceFile): string[] {
  return importsOf(file.text).flatMap(({ specifier, manner }) => {
    const problem = specifier.startsWith('.')
      ? reachesOut(file.path, specifier)
      : isOurs(specifier) && forbids(from, specifier, manner);
    return problem ? [`${from}/${file.path}: '${specifier}' ${problem}`] : [];
  });
}

/** What a package depends on against the arrows; a line for each. */
export function forbiddenDependencies(manifest: Manifest): string[] {
  const { name, dependencies, optionalDependencies, peerDependencies } = manifest;
  const allowed = new Set(Object.keys(ARROWS[name] ?? {}).map(packageOf));
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
    .filter((dependency) => isOurs(dependency) && !allowed.has(dependency))
    .map((dependency) => `${name}/package.json: depends on '${dependency}', which it may not import`);
}

function forbids(from: string, specifier: string, manner: Manner): string | undefined {
  const arrows = ARROWS[from] ?? {};
  const allowed = arrows[specifier] ?? arrows[packageOf(specifier)];
  if (allowed === undefined) return 'is not among the packages it may import';
  if (allowed === 'any' || allowed === manner) return undefined;
  return allowed === 'types' ? 'may be imported for its types only' : 'may only be loaded by import()';
}

/** A relative path into another package goes round its exports. */
function reachesOut(path: string, specifier: string): string | undefined {
  return normalize(join(path, '..', specifier)).startsWith('..') ? 'leaves the package' : undefined;
}

/** Imports that stand at the beginning of a line: those in comments do not. */
function importsOf(text: string): Import[] {
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*\bfrom\s+)?'([^']+)';/gm);
  const calls = text.matchAll(/(?<!\*.*)\bimport\('([^']+)'\)/g);
  return [
    ...[...statements].map(
      ([, type, specifier = '']): Import => ({ specifier, manner: type ? 'types' : 'any' }),
    ),
    ...[...calls].map(([, specifier = '']): Import => ({ specifier, manner: 'dynamic' })),
  ];
}

function isOurs(specifier: string): boolean {
  return specifier === 'agentops' || specifier.startsWith('agentops/') || specifier.startsWith('@agentops/');
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

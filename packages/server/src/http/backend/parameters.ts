import { StoaError } from '@stoa/protocol';
import { excerpt } from '@stoa/protocol/validate';
import type { Static, TObject, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** A request as it came: fields of a query or form, or a JSON object. */
export type RawRequest = Readonly<Record<string, unknown>>;

/** For each parameter, where it may stand in a request: dotted paths, the preferred one first. */
export type Spellings<Schema extends TObject> = {
  readonly [Name in keyof Static<Schema>]-?: readonly string[];
};

/** Spellings of a parameter in both forms of the API: inside the named object (JSON), and flat (query and form). */
export function either(entity: string, ...names: readonly string[]): string[] {
  return [...names.map((name) => `${entity}.${name}`), ...names];
}

/**
 * Makes the function that picks an operation's parameters out of a request, whichever spelling was used, and checks
 * them. Text becomes a number or a truth value where one is wanted, since forms have nothing but text. An empty text
 * and null count as not given.
 *
 * The function throws StoaError BAD_REQUEST that names the parameter as the caller spelt it.
 */
export function parameterReader<Schema extends TObject>(schema: Schema, spellings: Spellings<Schema>) {
  const validator = Compile(schema);
  const fields = Object.entries(schema.properties as Record<string, TSchema>);
  return (request: RawRequest): Static<Schema> => {
    const parameters: Record<string, unknown> = {};
    const used = new Map<string, string>();
    for (const [name, fieldSchema] of fields) {
      const paths: readonly string[] = spellings[name as keyof Static<Schema>];
      const path = paths.find((candidate) => isGiven(valueAt(request, candidate)));
      used.set(name, path ?? paths[0] ?? name);
      if (path !== undefined) parameters[name] = converted(valueAt(request, path), fieldSchema);
    }
    if (validator.Check(parameters)) return parameters;
    throw new StoaError('BAD_REQUEST', problemOf(validator.Errors(excerpt(parameters))[0], used));
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** The value at a dotted path; undefined when there is none. Only own properties count. */
export function valueAt(request: RawRequest, path: string): unknown {
  let value: unknown = request;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as RawRequest)[key];
  }
  return value;
}

function converted(value: unknown, schema: TSchema): unknown {
  const type = 'type' in schema ? schema.type : undefined;
  if (type === 'integer' || type === 'number') {
    if (typeof value === 'boolean') return Number(value);
    const pattern = type === 'integer' ? /^-?\d{1,16}$/ : /^-?\d{1,16}(\.\d{1,16})?$/;
    return typeof value === 'string' && pattern.test(value) ? Number(value) : value;
  }
  if (type === 'boolean') {
    if (value === 1 || value === '1' || value === 'true') return true;
    return value === 0 || value === '0' || value === 'false' ? false : value;
  }
  // Telephone numbers make good addresses, and JSON writers leave out the quotes.
  return type === 'string' && typeof value === 'number' ? String(value) : value;
}

interface Problem {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

function problemOf(problem: Problem | undefined, used: ReadonlyMap<string, string>): string {
  if (problem === undefined) return 'The parameters are not valid.';
  const { keyword, params, instancePath, message } = problem;
  if (keyword === 'required' && 'requiredProperties' in params && Array.isArray(params.requiredProperties)) {
    const missing = params.requiredProperties.map((name) => `"${used.get(String(name)) ?? name}"`);
    return `${missing.join(' and ')} must be given.`;
  }
  const name = instancePath.split('/')[1] ?? '';
  return `"${used.get(name) ?? name}" ${message}.`;
}

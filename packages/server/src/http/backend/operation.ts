import type { FastifyRequest } from 'fastify';
import type { Static, TObject } from 'typebox';
import type { HttpOptions } from '../http-options.ts';
import { parameterReader, type RawRequest, type Spellings } from './parameters.ts';

/** One call of the back-end API. */
export interface Call {
  readonly request: FastifyRequest;
  readonly raw: RawRequest;
  readonly services: HttpOptions;
}

/** What an operation answers beside `op` and `result`. */
export type Answer = Readonly<Record<string, unknown>>;

/** An operation of the back-end API, with all its names. */
export interface Operation {
  readonly names: readonly string[];
  /** Rejects with a StoaError. */
  readonly run: (call: Call) => Promise<Answer>;
}

/** Declares an operation: who may call it, its parameters in all spellings, and what it does. */
export function operation<Who, Schema extends TObject>(definition: {
  readonly names: readonly string[];
  /** Proves who calls, before anything else of the request is looked at. */
  readonly by: (call: Call) => Promise<Who>;
  readonly parameters: Schema;
  readonly spellings: Spellings<Schema>;
  readonly run: (parameters: Static<Schema>, who: Who, call: Call) => Promise<Answer>;
}): Operation {
  const read = parameterReader(definition.parameters, definition.spellings);
  return {
    names: definition.names,
    run: async (call) => {
      const who = await definition.by(call);
      return definition.run(read(call.raw), who, call);
    },
  };
}

import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import { excerpt } from '@stoa/protocol/validate';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * Makes the validators of routes. What is wrong with a body is looked for in an excerpt: some are validated before it is known
 * who has sent them, and looking through a megabyte for all that is wrong takes seconds.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = (route) => {
  if (route.httpPart !== 'body') return TypeBoxValidatorCompiler(route);
  const validator = Compile(route.schema);
  return (value: unknown) => {
    if (validator.Check(value)) return { value };
    const problems = validator.Errors(excerpt(value));
    return { error: problems.length > 0 ? problems : [somewhereElse] };
  };
};

const somewhereElse = {
  keyword: 'schema',
  instancePath: '',
  schemaPath: '',
  params: {},
  message: 'is not valid',
};

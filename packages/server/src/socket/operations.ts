import { type OperationName, type OperationRequest, type OperationResponse, StoaError } from '@stoa/protocol';
import type { SessionIdentity } from './session.ts';

/** Carries out one operation for a signed-in device; the body was validated at the door. */
export type OperationHandler<Name extends OperationName> = (
  caller: SessionIdentity,
  body: OperationRequest<Name>,
) => Promise<OperationResponse<Name>>;

/** The operations that this node carries out, by name. */
export type OperationHandlers = { readonly [Name in OperationName]?: OperationHandler<Name> };

/**
 * Carries out what a `request` frame asks for.
 *
 * @throws StoaError UNKNOWN_OPERATION, or what the operation throws.
 */
export function carryOut(
  handlers: OperationHandlers,
  caller: SessionIdentity,
  op: string,
  body: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  // The validator of the door has matched the body with the name.
  const handler = handlers[op as OperationName] as
    | ((caller: SessionIdentity, body: unknown) => Promise<Record<string, unknown>>)
    | undefined;
  if (handler === undefined)
    throw new StoaError('UNKNOWN_OPERATION', `This server has no operation "${op}".`);
  return handler(caller, body);
}

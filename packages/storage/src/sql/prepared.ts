import { type Compilable, type CompiledQuery, type Expression, sql } from 'kysely';

/** Where the value of this name goes. */
class Place {
  readonly name: PropertyKey;

  constructor(name: PropertyKey) {
    this.name = name;
  }
}

/**
 * Builds a statement once and fills in its values each time: building costs more than an indexed statement takes.
 *
 * @example
 * const byId = prepared<{ id: number }>()((value) => query.selectFrom('users').selectAll().where('uid', '=', value('id')));
 * await database.read(byId({ id: 7 }));
 */
export function prepared<Values extends object>() {
  return <Row>(
    build: (value: <Name extends keyof Values>(name: Name) => Expression<Values[Name]>) => Compilable<Row>,
  ): ((values: Values) => CompiledQuery<Row>) => {
    const compiled = build(
      <Name extends keyof Values>(name: Name) => sql<Values[Name]>`${new Place(name)}`,
    ).compile();
    return (values) => ({
      ...compiled,
      parameters: compiled.parameters.map((parameter) =>
        parameter instanceof Place ? values[parameter.name as keyof Values] : parameter,
      ),
    });
  };
}

/**
 * The parts of SARIF 2.1.0 (OASIS, sections named beside them) that MemLens writes, as a closed JSON schema: a property that
 * is not in it is refused, as the official schema refuses unknown ones.
 */
const closed = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const ref = (name: string): object => ({ $ref: `#/definitions/${name}` });
const list = (name: string, more: object = {}): object => ({ type: 'array', items: ref(name), ...more });
const text = { type: 'string' };
const index = { type: 'integer', minimum: -1 };
const fromOne = { type: 'integer', minimum: 1 };
const uri = { type: 'string', format: 'uri' };
const level = { enum: ['none', 'note', 'warning', 'error'] };

export const sarifShape = {
  $ref: '#/definitions/log',
  definitions: {
    // 3.13
    log: closed({ $schema: uri, version: { const: '2.1.0' }, runs: list('run') }, ['version', 'runs']),
    // 3.14
    run: closed(
      {
        tool: ref('tool'),
        automationDetails: closed({ id: text }),
        columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
        originalUriBaseIds: { type: 'object', additionalProperties: ref('artifactLocation') },
        invocations: list('invocation'),
        results: list('result', { maxItems: 25_000 }),
        properties: ref('bag'),
      },
      ['tool', 'results'],
    ),
    bag: { type: 'object', properties: { tags: { type: 'array', items: text, uniqueItems: true } } },
    // 3.18, 3.19
    tool: closed({ driver: closed({ name: text, version: text, informationUri: uri, rules: list('rule') }, ['name']) }, [
      'driver',
    ]),
    // 3.49
    rule: closed(
      {
        id: text,
        name: text,
        shortDescription: ref('multiformat'),
        fullDescription: ref('multiformat'),
        help: ref('multiformat'),
        helpUri: uri,
        defaultConfiguration: closed({ level }),
        properties: ref('bag'),
      },
      ['id'],
    ),
    multiformat: closed({ text, markdown: text }, ['text']),
    // 3.11
    message: closed({ text }, ['text']),
    // 3.20
    invocation: closed(
      {
        executionSuccessful: { type: 'boolean' },
        commandLine: text,
        arguments: { type: 'array', items: text },
        exitCode: { type: 'integer' },
        exitSignalName: text,
        toolExecutionNotifications: {
          type: 'array',
          items: closed({ level, message: ref('message'), descriptor: closed({ id: text }) }, ['message']),
        },
      },
      ['executionSuccessful'],
    ),
    // 3.27
    result: closed(
      {
        ruleId: { type: 'string', minLength: 1 },
        ruleIndex: index,
        level,
        kind: { const: 'fail' },
        message: ref('message'),
        locations: list('location'),
        relatedLocations: list('location', { uniqueItems: true }),
        stacks: {
          type: 'array',
          uniqueItems: true,
          items: closed(
            { message: ref('message'), frames: { type: 'array', items: closed({ location: ref('location'), module: text }) } },
            ['frames'],
          ),
        },
        codeFlows: {
          type: 'array',
          items: closed(
            {
              threadFlows: {
                type: 'array',
                minItems: 1,
                items: closed({ locations: list('step', { minItems: 1 }) }, ['locations']),
              },
            },
            ['threadFlows'],
          ),
        },
        partialFingerprints: { type: 'object', additionalProperties: text },
        occurrenceCount: fromOne,
        properties: ref('bag'),
      },
      // code-scanning hosts want the first two
      ['ruleId', 'locations', 'message'],
    ),
    // 3.38
    step: closed({
      location: ref('location'),
      nestingLevel: { type: 'integer', minimum: 0 },
      importance: { enum: ['important', 'essential', 'unimportant'] },
    }),
    // 3.28
    location: closed({
      id: index,
      physicalLocation: closed({ artifactLocation: ref('artifactLocation'), region: ref('region') }),
      logicalLocations: { type: 'array', uniqueItems: true, items: closed({ fullyQualifiedName: text, kind: text }) },
      message: ref('message'),
    }),
    // 3.30
    region: closed({ startLine: fromOne, startColumn: fromOne }, ['startLine']),
    // 3.4
    artifactLocation: closed({ uri: { type: 'string', format: 'uri-reference' }, uriBaseId: text }),
  },
};

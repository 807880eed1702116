import {
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type CallToolResult,
  type ContentBlock,
  type InputRequest,
  type InputRequiredResult,
  type McpServerFactory,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { prompts, readResource, resources, templates } from './conformance-resources.ts';

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const silence = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';

const text = (value: string): ContentBlock => ({ type: 'text', text: value });
const image: ContentBlock = { type: 'image', data: pixel, mimeType: 'image/png' };
const answer = (...content: ContentBlock[]): CallToolResult => ({ content });
const resource = (uri: string): ContentBlock => ({
  type: 'resource',
  resource: { uri, mimeType: 'text/plain', text: 'An embedded resource.' },
});

const states = createRequestStateCodec<{ round: number }>({ key: 'a key of thirty-two bytes or more' });

type Run = (context: ServerContext) => Promise<CallToolResult | InputRequiredResult>;

/** Asks for one property of a form. */
const form = (message: string, name: string, type: 'string' | 'boolean' = 'string'): InputRequest =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [name]: type === 'string' ? { type } : { type } }, required: [name] },
  });

const sampling = (question: string): InputRequest =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text: question } }], maxTokens: 100 });

/** The response to one input request, when it looks like one. */
function given({ mcpReq }: ServerContext, key: string): object | null {
  const response = mcpReq.inputResponses?.[key];
  const knows = typeof response === 'object' && response !== null;
  return knows && ['action', 'roots', 'content'].some((each) => each in response) ? response : null;
}

/** Asks in one round, then says what was given. */
const asking =
  (inputRequests: Record<string, InputRequest>, withState = false): Run =>
  async (context) => {
    const responses = Object.keys(inputRequests).map((key) => given(context, key));
    if (responses.every((each) => each !== null)) return answer(text(`state-ok ${JSON.stringify(responses)}`));
    return inputRequired({ inputRequests, ...(withState && { requestState: await states.mint({ round: 1 }) }) });
  };

function capabilitiesOf(envelope: object = {}): object {
  const declared: unknown = Reflect.get(envelope, CLIENT_CAPABILITIES_META_KEY);
  return typeof declared === 'object' && declared !== null ? declared : {};
}

const askTwice: Run = async (context) => {
  const step = context.mcpReq.requestState<{ round: number }>()?.round ?? 0;
  if (step === 2 && given(context, 'step2')) return answer(text('Both rounds are done.'));
  const second = step === 1 && given(context, 'step1') !== null;
  return inputRequired({
    inputRequests: second
      ? { step2: form('Step 2: What is your favourite colour?', 'color') }
      : { step1: form('Step 1: What is your name?', 'name') },
    requestState: await states.mint({ round: second ? 2 : 1 }),
  });
};

const askWhatTheClientCan: Run = async (context) => {
  const can = capabilitiesOf(context.mcpReq.envelope);
  const requests = {
    ...('elicitation' in can && { user_name: form('What is your name?', 'name') }),
    ...('sampling' in can && { capital_question: sampling('What is the capital of France?') }),
  };
  return Object.keys(requests).length === 0 ? answer(text('Nothing can be asked.')) : asking(requests)(context);
};

const needsSampling: Run = async ({ mcpReq }) => {
  const can = capabilitiesOf(mcpReq.envelope);
  if (!('sampling' in can)) throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } });
  return answer(text('Sampling is there.'));
};

const logs: Run = async ({ mcpReq }) => {
  for (const line of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) await mcpReq.log('info', line);
  return answer(text('Logged.'));
};

const progresses: Run = async ({ mcpReq }) => {
  const progressToken = mcpReq._meta?.progressToken;
  for (const progress of progressToken === undefined ? [] : [0, 50, 100])
    await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
  return answer(text('Done.'));
};

const says =
  (...content: ContentBlock[]): Run =>
  async () =>
    answer(...content);

const runs: Readonly<Record<string, Run>> = {
  test_simple_text: says(text('This is a simple text response for testing.')),
  test_image_content: says(image),
  test_audio_content: says({ type: 'audio', data: silence, mimeType: 'audio/wav' }),
  test_embedded_resource: says(resource('test://embedded-resource')),
  test_multiple_content_types: says(text('Multiple content types test:'), image, resource('test://mixed-content-resource')),
  test_error_handling: async () => ({ ...answer(text('This tool intentionally returns an error for testing')), isError: true }),
  test_tool_with_logging: logs,
  test_logging_tool: logs,
  test_tool_with_progress: progresses,
  test_missing_capability: needsSampling,
  test_streaming_elicitation: asking({ user_name: form('What is your name?', 'name') }),
  test_input_required_result_elicitation: asking({ user_name: form('What is your name?', 'name') }),
  test_input_required_result_sampling: asking({ capital_question: sampling('What is the capital of France?') }),
  test_input_required_result_list_roots: asking({ client_roots: inputRequired.listRoots() }),
  test_input_required_result_request_state: asking({ confirm: form('Please confirm', 'ok', 'boolean') }, true),
  test_input_required_result_multiple_inputs: asking(
    { user_name: form('What is your name?', 'name'), greeting: sampling('Generate a greeting'), client_roots: inputRequired.listRoots() },
    true,
  ),
  test_input_required_result_multi_round: askTwice,
  test_input_required_result_tampered_state: asking({ confirm: form('Please confirm', 'ok', 'boolean') }, true),
  test_input_required_result_capabilities: askWhatTheClientCan,
};

const tools = Object.keys(runs).map((name) => ({
  name,
  description: `Fixture of the conformance suite: ${name}`,
  inputSchema: { type: 'object' as const },
}));

/** What the conformance suite expects of a server: its tools, resources and prompts, and none of ours. */
export const conformanceFixture: McpServerFactory = () => {
  const server = new Server(
    { name: 'conformance-fixture', version: '1' },
    {
      capabilities: { tools: {}, resources: { subscribe: true }, prompts: {}, logging: {}, completions: {} },
      requestState: { verify: (state, context) => states.verify(state, context) },
    },
  );
  server.setRequestHandler('tools/list', () => ({ tools }));
  server.setRequestHandler('tools/call', ({ params }, context) => {
    const run = runs[params.name];
    if (!run) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown tool');
    return run(context);
  });
  server.setRequestHandler('resources/list', () => ({ resources }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: templates }));
  server.setRequestHandler('resources/read', ({ params }) => readResource(params.uri));
  server.setRequestHandler('resources/subscribe', () => ({}));
  server.setRequestHandler('resources/unsubscribe', () => ({}));
  server.setRequestHandler('logging/setLevel', () => ({}));
  server.setRequestHandler('completion/complete', () => ({ completion: { values: ['test'], total: 1, hasMore: false } }));
  server.setRequestHandler('prompts/list', () => ({ prompts: prompts.map(({ get: _get, ...prompt }) => prompt) }));
  server.setRequestHandler('prompts/get', ({ params }, context) => {
    if (params.name === 'test_input_required_result_prompt' && !given(context, 'user_context'))
      return inputRequired({ inputRequests: { user_context: form('What context should the prompt use?', 'context') } });
    const prompt = prompts.find(({ name }) => name === params.name);
    if (!prompt) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown prompt');
    return { messages: prompt.get(params.arguments ?? {}) };
  });
  return server;
};

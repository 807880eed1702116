import { ProtocolError, ProtocolErrorCode, type Prompt, type PromptMessage, type ReadResourceResult } from '@modelcontextprotocol/server';

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

export const resources = ['static-text', 'static-binary', 'watched-resource', 'example-resource'].map((name) => ({
  uri: `test://${name}`,
  name,
  mimeType: name === 'static-binary' ? 'image/png' : 'text/plain',
}));

export const templates = [{ uriTemplate: 'test://template/{id}/data', name: 'template', mimeType: 'application/json' }];

export function readResource(uri: string): ReadResourceResult {
  const found = resources.find((each) => each.uri === uri);
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id !== undefined)
    return { contents: [{ uri, mimeType: 'application/json', text: JSON.stringify({ id, data: `Data for ID: ${id}` }) }] };
  if (!found) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown resource', { uri });
  const { mimeType } = found;
  return { contents: [found.name === 'static-binary' ? { uri, mimeType, blob: pixel } : { uri, mimeType, text: 'A static text.' }] };
}

interface FixturePrompt extends Prompt {
  readonly get: (given: Readonly<Record<string, string>>) => PromptMessage[];
}

const user = (content: PromptMessage['content']): PromptMessage => ({ role: 'user', content });

export const prompts: readonly FixturePrompt[] = [
  { name: 'test_simple_prompt', description: 'Simple.', get: () => [user({ type: 'text', text: 'This is a simple prompt for testing.' })] },
  {
    name: 'test_prompt_with_arguments',
    description: 'With arguments.',
    arguments: ['arg1', 'arg2'].map((name) => ({ name, description: name, required: true })),
    get: ({ arg1, arg2 }) => [user({ type: 'text', text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` })],
  },
  {
    name: 'test_prompt_with_embedded_resource',
    description: 'With a resource.',
    arguments: [{ name: 'resourceUri', description: 'Its address', required: true }],
    get: ({ resourceUri = '' }) => [
      user({ type: 'resource', resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded.' } }),
      user({ type: 'text', text: 'Please process the embedded resource above.' }),
    ],
  },
  {
    name: 'test_prompt_with_image',
    description: 'With an image.',
    get: () => [
      user({ type: 'image', data: pixel, mimeType: 'image/png' }),
      user({ type: 'text', text: 'Please analyse the image above.' }),
    ],
  },
  {
    name: 'test_input_required_result_prompt',
    description: 'Asks first.',
    get: () => [user({ type: 'text', text: 'With the context that was given.' })],
  },
];

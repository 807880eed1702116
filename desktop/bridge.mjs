// The desktop bundle's entry: a stdio server that signs in through OAuth and passes messages to the HTTP endpoint given as argument.
import 'mcp-remote/dist/proxy.js';

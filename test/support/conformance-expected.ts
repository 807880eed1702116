/** Why our own server fails a required check of the conformance suite, and which checks. With the suite's fixture behind the same stack they pass. */
export interface Lacking {
  readonly because: string;
  readonly checks: readonly string[];
}

const ownTools: Lacking = {
  because: 'the check calls a tool of the suite’s own (test_…), and we serve certificates',
  checks: [
    'tools-call-simple-text:tools-call-simple-text',
    'tools-call-image:tools-call-image',
    'tools-call-audio:tools-call-audio',
    'tools-call-embedded-resource:tools-call-embedded-resource',
    'tools-call-mixed-content:tools-call-mixed-content',
    'tools-call-error:tools-call-error',
    'tools-call-with-progress:tools-call-with-progress',
  ],
};

const noResources: Lacking = {
  because: 'we declare no resources: what isn’t a tool’s answer would pass the gate by',
  checks: [
    'resources-list:resources-list',
    'resources-read-text:resources-read-text',
    'resources-read-binary:resources-read-binary',
    'resources-templates-read:resources-templates-read',
  ],
};

const noPrompts: Lacking = {
  because: 'we declare no prompts and nothing to complete',
  checks: [
    'prompts-list:prompts-list',
    'prompts-get-simple:prompts-get-simple',
    'prompts-get-with-args:prompts-get-with-args',
    'prompts-get-embedded-resource:prompts-get-embedded-resource',
    'prompts-get-with-image:prompts-get-with-image',
    'completion-complete:completion-complete',
  ],
};

const ownToolsThatAsk: Lacking = {
  because: 'the check calls a tool of the suite’s own that asks the client back; none of ours asks anybody',
  checks: [
    'server-stateless:sep-2575-server-rejects-undeclared-capability',
    'server-stateless:sep-2575-missing-capability-http-400',
    'server-stateless:sep-2575-http-server-no-independent-requests-on-stream',
    'server-stateless:sep-2575-server-no-log-without-loglevel',
    'input-required-result-basic-elicitation:sep-2322-elicitation-incomplete',
    'input-required-result-basic-sampling:sep-2322-sampling-incomplete',
    'input-required-result-basic-list-roots:sep-2322-list-roots-incomplete',
    'input-required-result-request-state:sep-2322-request-state-incomplete',
    'input-required-result-multiple-input-requests:sep-2322-multiple-inputs-incomplete',
    'input-required-result-multi-round:sep-2322-multi-round-r1',
    'input-required-result-non-tool-request:sep-2322-non-tool-incomplete',
    'input-required-result-result-type:sep-2322-result-type-included',
    'input-required-result-tampered-state:sep-2322-reject-tampered-state',
    'input-required-result-capability-check:sep-2322-respect-client-capabilities',
  ],
};

const cachingOfOthers: Lacking = {
  because: 'only tools are listed here, and their list carries the hints',
  checks: [
    'caching:sep-2549-prompts-list-caching-hints',
    'caching:sep-2549-resources-list-caching-hints',
    'caching:sep-2549-resources-templates-list-caching-hints',
  ],
};

/** The server asks the client, which needs a session of the legacy protocol; we keep none. */
export const needSessions: Lacking = {
  because: 'the server asks the client, which needs a legacy session',
  checks: [
    'tools-call-sampling:tools-call-sampling',
    'tools-call-elicitation:tools-call-elicitation',
    'elicitation-sep1034-defaults:elicitation-sep1034-general',
    'elicitation-sep1330-enums:elicitation-sep1330-general',
  ],
};

const noLogging: Lacking = {
  because: 'we send no log to clients',
  checks: ['logging-set-level:logging-set-level', 'tools-call-with-logging:tools-call-with-logging'],
};

const noSubscriptions: Lacking = {
  because: 'there is no resource to subscribe to',
  checks: ['resources-subscribe:resources-subscribe', 'resources-unsubscribe:resources-unsubscribe'],
};

export const lackingInOurServer = {
  '2026-07-28': [ownTools, ownToolsThatAsk, noResources, noPrompts, cachingOfOthers],
  '2025-11-25': [ownTools, needSessions, noResources, noSubscriptions, noPrompts, noLogging],
} as const;

@problem-4 @extended @needs-services @needs-outside
Feature: Problem 4: an Ingress admits requests from outside by their host and path
  "Ingress exposes HTTP and HTTPS routes from outside the cluster to services within the cluster" ([Ingress][ING]).
  A controller publishes an address and reads the rules. A request whose host and path a rule names reaches the Service
  of that rule. Every other connection is blocked: virtual IPs and pods have no route from outside, and a request that no
  rule admits reaches no backend. So each scenario says which requests arrive and which do not.

  A client outside the cluster sends the requests to the published address. The backends say who they are. At the same
  time a request that a rule admits must be answered, so that a dead controller is never taken for a closed door. Each
  scenario also creates a later Ingress: once the controller answers for it, it has read the earlier one too.

  The rows about paths are those of the Kubernetes project's [ingress-controller-conformance][ICC].

  [ING]: https://kubernetes.io/docs/concepts/services-networking/ingress/
  [ICC]: https://github.com/kubernetes-sigs/ingress-controller-conformance

  Rule: A published address routes by host
  The address in the status of an Ingress is what DNS records point to. Without it, no client finds the controller.

    @X12 @needs-ingress
    Scenario: an Ingress has an address, and the host of its rule leads to the backend
      Given a client outside the cluster, and an Ingress for one host
      When the client sends a request for the host of the rule to the published address
      Then the Ingress has an address
      And the request reaches the backend of the rule

  Rule: An unknown host reaches no backend
  The address is shared by all Ingresses of the controller. A rule for one host must not open the backend for others.

    @X13 @needs-ingress
    Scenario: a request for a host without a rule reaches no backend
      Given a client outside the cluster, and an Ingress for one host
      When the client sends a request for another host to the published address
      Then the request reaches no backend
      And the backend of an admitted request answers at the same time

  Rule: A wildcard covers exactly one label
  `*.example.com` stands for `a.example.com`, and neither for `a.b.example.com` nor for `example.com`.

    @X14 @needs-ingress
    Scenario Outline: a request for <labels> in place of the wildcard reaches <reached>
      Given a client outside the cluster, and an Ingress for a wildcard host
      When the client sends a request for <labels> in place of the wildcard to the published address
      Then the request reaches <reached>
      And the backend of an admitted request answers at the same time

      Examples:
        | labels     | reached                 |
        | one label  | the backend of the rule |
        | two labels | no backend              |
        | no label   | no backend              |

  Rule: Paths match exactly, or by whole elements
  `Exact` matches the path as it is, with its case and its trailing slash. `Prefix` matches element by element, and a
  trailing slash does not count. The longest path wins, and of two equal paths the exact one.

    @X15 @needs-ingress @waits
    Scenario Outline: <path> reaches <reached>, given <rules>
      Given a client outside the cluster, and an Ingress with <rules>
      When the client sends a request for <path> to the published address
      Then the request reaches <reached>
      And the backend of an admitted request answers at the same time

      Examples: an exact path
        | rules               | path  | reached                   |
        | the path Exact /foo | /foo  | the backend of Exact /foo |
        | the path Exact /foo | /foo/ | no backend                |
        | the path Exact /foo | /FOO  | no backend                |
        | the path Exact /foo | /bar  | no backend                |

      Examples: prefixes
        | rules                                    | path         | reached                        |
        | the paths Prefix /foo, /aaa/bbb and /aaa | /foo         | the backend of Prefix /foo     |
        | the paths Prefix /foo, /aaa/bbb and /aaa | /foo/        | the backend of Prefix /foo     |
        | the paths Prefix /foo, /aaa/bbb and /aaa | /FOO         | no backend                     |
        | the paths Prefix /foo, /aaa/bbb and /aaa | /aaa/bbb     | the backend of Prefix /aaa/bbb |
        | the paths Prefix /foo, /aaa/bbb and /aaa | /aaa/bbb/ccc | the backend of Prefix /aaa/bbb |
        | the paths Prefix /foo, /aaa/bbb and /aaa | /aaa/ccc     | the backend of Prefix /aaa     |
        | the paths Prefix /foo, /aaa/bbb and /aaa | /aaaccc      | no backend                     |

      Examples: both types, and trailing slashes
        | rules                                      | path      | reached                         |
        | the paths Prefix /foo and Exact /foo       | /foo      | the backend of Exact /foo       |
        | the paths Prefix /aaa/bbb/ and Exact /foo/ | /aaa/bbb  | the backend of Prefix /aaa/bbb/ |
        | the paths Prefix /aaa/bbb/ and Exact /foo/ | /aaa/bbb/ | the backend of Prefix /aaa/bbb/ |
        | the paths Prefix /aaa/bbb/ and Exact /foo/ | /foo/     | the backend of Exact /foo/      |
        | the paths Prefix /aaa/bbb/ and Exact /foo/ | /foo      | no backend                      |

  Rule: A default backend takes what no rule admits
  On a shared controller, a default backend would take requests that are meant for others. So this is tested only on a
  controller of flatnet's own.

    @X16 @needs-own-ingress
    Scenario: a request that no rule admits reaches the default backend
      Given a client outside the cluster, and an Ingress with a default backend and no rule
      When the client sends a request for another host to the published address
      Then the request reaches the default backend
      And a later Ingress of the class answers at the same time

  Rule: A host gets the certificate of its Secret
  The client names the host in its TLS greeting (SNI), before the request. A certificate of another host would make every
  browser refuse the connection. A host without a Secret gets none of these certificates.

    @X17 @needs-ingress
    Scenario: each of two hosts gets its own certificate
      Given a client outside the cluster, and an Ingress with a certificate for each of two hosts
      When the client sends a TLS request for each of the hosts and for another one to the published address
      Then the certificate is that of the Secret for its host
      And the backend of an admitted request answers at the same time

  Rule: A controller ignores other classes
  A cluster may have several controllers. Each serves the Ingresses of its own class alone.

    @X18 @needs-ingress @waits
    Scenario: an Ingress of a foreign class gets no address
      Given a client outside the cluster, and an Ingress of a class that no controller serves
      When the client sends a request for the host of the rule to the published address
      Then the Ingress has no address
      And the request reaches no backend
      And a later Ingress of the class answers at the same time

  Rule: An Ingress outlives its backends
  A controller sends requests to pods by their own addresses, so it must follow every rolling update. The backends serve
  for a while after they are terminated, and the budget for lost requests is zero. Every backend gets requests.

    @X19 @needs-ingress @needs-endpoints @disrupt @makes-pods
    Scenario: a client loses no request while draining backends are replaced
      Given a client outside the cluster, and an Ingress with two draining backends of its own
      When every backend is replaced one by one, gracefully, while the clients keep talking to the host of the Ingress
      Then every client meets the new backends and nobody else
      And no request was lost
      And no answer came from a backend that had left

  Rule: A route of a Gateway admits its host
  The Gateway API is the successor of Ingress, and it has a conformance suite of its own
  (https://gateway-api.sigs.k8s.io/concepts/conformance/). This scenario only shows that a Gateway works at all.

    @X20 @needs-gatewayapi @waits
    Scenario: the host of a route leads to the backend
      Given a client outside the cluster, and a Gateway with a route for one host
      When the client sends a request for the host of the rule to the published address
      Then the request reaches the backend of the rule

@problem-3 @needs-dns @needs-services
Feature: Problem 3: a headless Service's name is its pods
  Clients that choose a pod themselves (databases, brokers, gRPC) ask a Service without a virtual IP, and DNS
  gives "the set of all ready pods" ([specification][DSP] 2.4). A pod whose address is missing never gets
  work. Work that is sent to an extra address is lost.

  [DSP]: https://github.com/kubernetes/dns/blob/master/docs/specification.md

  Rule: The name is the set of ready pods

    @D05 @core
    Scenario: a headless name gives every pod's address
      Given a client pod, and a headless Service with a pod on every node
      When the client asks cluster DNS for the headless name
      Then cluster DNS answers with the addresses of its ready pods and nothing else
      And a Service that does not exist is not found at the same time

  Rule: The name follows its pods
  A cache may keep the old answer for the TTL that it states, and not for longer.

    @D05 @core @disrupt @makes-pods
    Scenario: a headless name follows readiness and deletion
      Given a client pod, and a headless Service with pods of its own
      When one of the pods stops being ready, one is deleted, and a new one starts
      Then cluster DNS answers with the addresses of its ready pods and nothing else
      And a Service that does not exist is not found at the same time

  Rule: A pod that is not ready is not in DNS
  Without ready pods the answer "should be NXDOMAIN" (specification 2.4.1). An empty answer does no harm
  either, but an address does. Members that must meet before they are ready ask for
  `publishNotReadyAddresses`.

    @D06 @extended @makes-pods
    Scenario: a pod that is not ready is found where it is published early
      Given a client pod, and two headless Services over a pod that is not ready, one of which publishes it
      When the client asks cluster DNS for the names of both
      Then cluster DNS answers with the address of the pod that is published before it is ready and nothing else
      And a name whose pod is not ready is not found at the same time

  Rule: A pod is found by its hostname
  A pod with a hostname, and a headless Service as its subdomain, has a name of its own. The members of a
  StatefulSet get their names in this way.

    @D07 @core
    Scenario: the name hostname.subdomain leads to that pod alone
      Given a client pod, and a headless Service with a pod on every node
      When the client asks cluster DNS for each pod's own name
      Then cluster DNS answers with that pod's address and nothing else
      And a pod that does not exist is not found at the same time

  Rule: A headless named port is found on every pod
  N pods with M named ports have N × M SRV records, each with the name of one pod (specification 2.4.2).

    @D08 @extended
    Scenario: SRV records name each pod and port
      Given a client pod, and a headless Service with a pod on every node
      When the client asks cluster DNS for the headless Service's named ports
      Then cluster DNS answers with the port of every pod, each by its own name and nothing else

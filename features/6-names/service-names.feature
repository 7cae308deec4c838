@problem-3 @core @needs-dns @needs-services
Feature: Problem 3: a Service is found by its name
  Nobody should have to know a virtual IP either. Cluster DNS answers for every Service
  ([DNS for Services and Pods](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/), [specification][DSP] 2.3.1), and
  the search list in each pod makes short names work.

  [DSP]: https://github.com/kubernetes/dns/blob/master/docs/specification.md

  Rule: A Service's name is its virtual IP
    @D01
    Scenario Outline: its <form> resolves to the virtual IP
      Given a client pod, and a Service with a backend on every node
      When the client looks up the Service's <form>
      Then the answer is the Service's virtual IP

      Examples:
        | form                    |
        | full name               |
        | name with its namespace |
        | short name              |

"""Inside Orthanc: parse, look up, negotiate, hand the work to a worker. Standard library only."""

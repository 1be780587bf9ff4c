contract_tests!(backends::memcached as elsewhere);

#!/usr/bin/perl
# SPDX-License-Identifier: LGPL-2.1-or-later
# verify.pl NAME RECORD FILE...: what Mail::DKIM says of the signature whose key is at NAME; one word for each file.
use strict;
use warnings;
use Mail::DKIM::DNS;
use Mail::DKIM::Verifier;

my ($name, $record, @files) = @ARGV;

package Answer {
  sub type { 'TXT' }
  sub txtdata { $record }
  sub char_str_list { ($record) }
}

{
  no warnings 'redefine';
  my $answers = sub { lc $_[0] eq $name ? (bless {}, 'Answer') : () };
  *Mail::DKIM::DNS::query = $answers;
  *Mail::DKIM::DNS::query_async = sub {
    my ($domain, $type, %more) = @_;
    my @found = $answers->($domain);
    my $result = $more{Callbacks}{Success}->(@found);
    return sub { $result };
  };
}

for my $file (@files) {
  open my $in, '<:raw', $file or die "$file: $!";
  my $verifier = Mail::DKIM::Verifier->new;
  while (<$in>) { $verifier->PRINT ($_) }
  $verifier->CLOSE;
  my ($own) = grep { $_->selector eq (split /\./, $name)[0] } $verifier->signatures;
  print defined $own ? $own->result : 'none', "\n";
}

using GoNoGo.Benchmarks;
using GoNoGo.Benchmarks.Measurement;

if (args.Length == 0 || Registry.All.FirstOrDefault(candidate => candidate.Name == args[0]) is not { } benchmark)
{
    Console.WriteLine("Usage: dotnet run -c Release --project bench/GoNoGo.Benchmarks -- NAME [--threads N[,N]] [--rounds N] [--filter TEXT] [--clock wall|cpu] [--output FILE]");
    Console.WriteLine($"This machine's results belong in bench/results/{Machine.Slug}/NAME.md.");
    foreach (IBenchmark known in Registry.All)
    {
        Console.WriteLine($"  {known.Name,-16}{known.Summary}");
    }

    return args.Length == 0 ? 0 : 2;
}

Options options;
try
{
    options = Options.Parse(args.AsSpan(1));
}
catch (Exception exception) when (exception is ArgumentException or FormatException)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

var report = new Report();
report.Line($"# {benchmark.Name}");
report.Line();
report.Line(benchmark.Summary);
report.Line();
report.Line($"{Machine.Description}. Command: `dotnet run -c Release --project bench/GoNoGo.Benchmarks -- {string.Join(' ', args)}`");
report.Line();
benchmark.Run(options, report);
if (options.Output is { } path)
{
    report.Save(path);
}

return 0;

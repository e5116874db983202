using System.Globalization;
using GoNoGo.Fuzzing;

if (args.Length == 0)
{
    Console.WriteLine("Usage: dotnet run -c Release --project tests/GoNoGo.Fuzzing -- NAME|all [--cases N] [--seed N] [--seconds S] [--first N] [--output DIR] [--replay FILE]");
    foreach (FuzzTarget known in FuzzTargets.All)
    {
        Console.WriteLine($"  {known.Name,-14}{known.Summary}, {known.Seeds().Count} seed files");
    }

    return 0;
}

var options = new FuzzOptions { Folder = Path.Combine(Path.GetTempPath(), "gonogo-fuzz"), Cases = 100_000 };
string? replay = null;
IReadOnlyList<FuzzTarget> targets;
try
{
    targets = args[0] == "all" ? FuzzTargets.All : [FuzzTargets.Get(args[0])];
    for (int i = 1; i < args.Length; i += 2)
    {
        string value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value.");
        switch (args[i])
        {
            case "--cases":
                options = options with { Cases = long.Parse(value, CultureInfo.InvariantCulture) };
                break;
            case "--seed":
                options = options with { Seed = int.Parse(value, CultureInfo.InvariantCulture) };
                break;
            case "--seconds":
                options = options with { Time = TimeSpan.FromSeconds(double.Parse(value, CultureInfo.InvariantCulture)) };
                break;
            case "--first":
                options = options with { First = long.Parse(value, CultureInfo.InvariantCulture) };
                break;
            case "--output":
                options = options with { Folder = value };
                break;
            case "--replay":
                replay = value;
                break;
            default:
                throw new ArgumentException($"Unknown option {args[i]}; known: --cases, --seed, --seconds, --first, --output, --replay.");
        }
    }
}
catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

bool failed = false;
foreach (FuzzTarget target in targets)
{
    failed |= replay is null ? Fuzz(target) : Replay(target, replay);
}

return failed ? 1 : 0;

bool Fuzz(FuzzTarget target)
{
    foreach ((string path, long seed, long index) in RunningCase.LeftBehind(target, options.Folder))
    {
        Console.Error.WriteLine($"An earlier run ended within case {index} of seed {seed}; again: {target.Name} --seed {seed} --first {index} --cases 1 (delete {path} to forget it)");
    }

    FuzzReport report = FuzzLoop.Run(target, options with
    {
        Progress = now => Console.Error.WriteLine(now.ToString()),
        Stuck = failure =>
        {
            Console.WriteLine($"case {failure.Index}: {failure.Message} ({failure.Path})");
            Environment.Exit(1);
        },
    });
    foreach (FuzzFailure failure in report.Failures)
    {
        Console.WriteLine($"case {failure.Index}: {failure.Message} ({failure.Path})");
    }

    Console.WriteLine(report.ToString());
    return report.Failures.Count > 0;
}

static bool Replay(FuzzTarget target, string path)
{
    FuzzVerdict verdict = FuzzJudge.Judge(target, File.ReadAllBytes(path), thorough: true);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{path}: {verdict.Failure ?? (verdict.Accepted ? "read" : "refused")}, {verdict.Elapsed.TotalMilliseconds:F1} ms, {verdict.AllocatedBytes} bytes allocated"));
    return verdict.Failure is not null;
}

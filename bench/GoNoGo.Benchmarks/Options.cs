using System.Globalization;

namespace GoNoGo.Benchmarks;

/// <summary>What the command line says.</summary>
internal sealed class Options
{
    /// <summary>Thread counts to measure, in order.</summary>
    public IReadOnlyList<int> Threads { get; private init; } = [];

    /// <summary>Alternating rounds; the median over them counts.</summary>
    public int Rounds { get; private init; } = 7;

    /// <summary>Only cases whose name contains this text.</summary>
    public string Filter { get; private init; } = "";

    /// <summary>Counts processor time instead of wall time (one thread only), for busy machines.</summary>
    public bool CpuTime { get; private init; }

    /// <summary>File that receives the report too, or null.</summary>
    public string? Output { get; private init; }

    /// <summary>Whether a case is wanted.</summary>
    public bool Wants(string name) => name.Contains(Filter, StringComparison.OrdinalIgnoreCase);

    public static Options Parse(ReadOnlySpan<string> arguments)
    {
        var threads = new List<int>();
        int rounds = 7;
        string filter = "";
        string? output = null;
        bool cpuTime = false;
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            string value = i + 1 < arguments.Length ? arguments[++i] : throw new ArgumentException($"{name} needs a value.");
            switch (name)
            {
                case "--threads":
                    threads.AddRange(value.Split(',').Select(part => int.Parse(part, CultureInfo.InvariantCulture)));
                    break;
                case "--rounds":
                    rounds = int.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "--filter":
                    filter = value;
                    break;
                case "--clock":
                    cpuTime = value == "cpu";
                    break;
                case "--output":
                    output = value;
                    break;
                default:
                    throw new ArgumentException($"Unknown option {name}; known: --threads N[,N], --rounds N, --filter TEXT, --clock wall|cpu, --output FILE.");
            }
        }

        if (threads.Count == 0)
        {
            threads.AddRange(Environment.ProcessorCount > 1 ? [1, Environment.ProcessorCount] : [1]);
        }

        return new Options { Threads = threads, Rounds = rounds, Filter = filter, CpuTime = cpuTime, Output = output };
    }
}

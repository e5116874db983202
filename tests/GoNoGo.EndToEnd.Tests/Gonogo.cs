using GoNoGo.Cli;

[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(GoNoGo.EndToEnd.Tests.SampleLine))]

namespace GoNoGo.EndToEnd.Tests;

/// <summary>What a command did.</summary>
public sealed record Outcome(int Code, string Out, string Error)
{
    public string[] OutLines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The one error line.</summary>
    public string ErrorLine
    {
        get
        {
            string[] lines = [.. Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("gonogo: error: ", StringComparison.Ordinal))];
            Assert.True(lines.Length == 1, $"expected one error line, got: {Error}");
            return lines[0];
        }
    }
}

/// <summary>Runs the command line in this process.</summary>
public static class Gonogo
{
    public static Outcome Run(params string[] args) => Run(CancellationToken.None, args);

    public static Outcome Run(CancellationToken cancellation, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandLine.Run(args, output, error, cancellation);
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command that must succeed.</summary>
    public static Outcome Do(params string[] args)
    {
        Outcome outcome = Run(args);
        Assert.True(outcome.Code == 0, $"gonogo {string.Join(' ', args)}: exit code {outcome.Code}\n{outcome.Error}");
        return outcome;
    }

    /// <summary>Runs a command that must fail with a code and one line of error that holds the given words; nothing but that line is said of the error.</summary>
    public static string Refused(int code, string[] words, params string[] args)
    {
        Outcome outcome = Run(args);
        Assert.True(outcome.Code == code, $"gonogo {string.Join(' ', args)}: exit code {outcome.Code}, expected {code}\n{outcome.Out}\n{outcome.Error}");
        string line = outcome.ErrorLine;
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("fault of gonogo", line, StringComparison.Ordinal);
        foreach (string word in words)
        {
            Assert.Contains(word, line, StringComparison.Ordinal);
        }

        return line;
    }
}

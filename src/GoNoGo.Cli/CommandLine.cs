using System.CommandLine;
using GoNoGo.Cli.Help;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Terminals;
using GoNoGo.Cli.Verbs;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Cli;

/// <summary>The command line <c>gonogo</c>: parses, calls the library, renders, and turns failures into one line and an exit code.</summary>
public static class CommandLine
{
    /// <summary>Runs one command in this process, writing plain text (no colours, no progress bars).</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="output">Receives results.</param>
    /// <param name="error">Receives progress, notes and errors.</param>
    /// <param name="cancellation">Interrupts as Ctrl+C does: at the next safe place, exit code 130.</param>
    /// <returns>0 done, 1 failed, 2 wrong usage, 3 <c>inspect</c> found a no-go part, 130 interrupted.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default) =>
        Run(args, new Terminal(output, error), cancellation);

    internal static int Run(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(args);
        int threads = Workers.ThreadCount;
        try
        {
            return Parse(args, terminal, cancellation);
        }
        catch (Exception exception)
        {
            return ErrorText.Write(exception, terminal, cancellation);
        }
        finally
        {
            Workers.ThreadCount = threads;
        }
    }

    /// <summary>The command tree; made anew for every run, as options hold what was parsed.</summary>
    internal static RootCommand Tree(GlobalOptions global)
    {
        var root = new RootCommand("learns from pictures of good parts, and tells for new ones go or no-go, how sure, and where");
        root.Options.Clear();
        root.Directives.Clear();
        global.AddTo(root);
        root.Add(new DemoVerb());
        root.Add(new Command("data", "looks at data sets and at the feature cache") { new DataDescribeVerb(), new DataCacheVerb() });
        root.Add(new TrainVerb());
        root.Add(new EvaluateVerb());
        root.Add(new InspectVerb());
        root.Add(new ThresholdVerb());
        root.Add(new InfoVerb());
        root.Add(new MetricsVerb());
        root.Add(new Command("weights", "pre-trained backbone weights: lists, fetches, imports and checks them")
        {
            new WeightsListVerb(),
            new WeightsPullVerb(),
            new WeightsImportVerb(),
            new WeightsPathVerb(),
            new WeightsVerifyVerb(),
        });
        root.Add(new FeaturesVerb());
        root.Add(new ExportVerb());
        return root;
    }

    private static int Parse(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        var global = new GlobalOptions();
        RootCommand root = Tree(global);
        // No response files: '@' may begin a file name.
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        Command command = parsed.CommandResult.Command;
        terminal.IsQuiet = parsed.GetValue(global.Quiet);
        terminal.IsVerbose = parsed.GetValue(global.Verbose);
        if (parsed.GetValue(global.Version))
        {
            terminal.Line(HelpText.Version);
            return ExitCode.Done;
        }

        if (parsed.GetValue(global.Help))
        {
            terminal.Line(HelpText.For(root, command));
            return ExitCode.Done;
        }

        UsageCheck.Require(args, parsed, root);
        if (parsed.GetValue(global.Threads) is { } count)
        {
            Workers.ThreadCount = count;
        }

        return ((Verb)command).Run(parsed, new Session(terminal, args, cancellation));
    }
}

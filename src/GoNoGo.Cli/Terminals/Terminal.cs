using Spectre.Console;

namespace GoNoGo.Cli.Terminals;

/// <summary>
/// Where a command writes: results to standard output; progress, notes and errors to standard error. Draws tables, colours and
/// progress bars only on a terminal, colours only without NO_COLOR.
/// </summary>
internal sealed class Terminal
{
    private readonly IAnsiConsole? _outDrawing;
    private readonly IAnsiConsole? _errorDrawing;

    /// <summary>Plain text to two writers.</summary>
    public Terminal(TextWriter output, TextWriter error)
    {
        Out = output;
        Error = error;
    }

    private Terminal(TextWriter output, TextWriter error, bool drawsOut, bool drawsError, bool usesColour)
        : this(output, error)
    {
        _outDrawing = drawsOut ? Drawing(output, usesColour) : null;
        _errorDrawing = drawsError ? Drawing(error, usesColour) : null;
    }

    public TextWriter Out { get; }

    public TextWriter Error { get; }

    /// <summary>No progress and no notes.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>More to read, stack traces with errors.</summary>
    public bool IsVerbose { get; set; }

    /// <summary>Whether results go to a terminal.</summary>
    public bool OutIsTerminal => _outDrawing is not null;

    /// <summary>The console of this process.</summary>
    public static Terminal OfProcess()
    {
        bool dumb = Environment.GetEnvironmentVariable("TERM") is "dumb";
        bool usesColour = !dumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new Terminal(
            Console.Out, Console.Error, !Console.IsOutputRedirected && !dumb, !Console.IsErrorRedirected && !dumb, usesColour);
    }

    /// <summary>One line of results.</summary>
    public void Line(string text = "") => Out.WriteLine(text);

    /// <summary>One line of results whose first word has a tone.</summary>
    public void Line(Cell first, string rest)
    {
        if (_outDrawing is null)
        {
            Out.Write(first.Text);
        }
        else
        {
            _outDrawing.Write(new Text(first.Text, first.Tone.Style()));
        }

        Out.WriteLine(rest);
    }

    /// <summary>A table of results.</summary>
    public void Table(TextTable table)
    {
        if (_outDrawing is null)
        {
            Out.Write(table.ToText());
        }
        else
        {
            _outDrawing.Write(table.ToDrawing());
        }
    }

    /// <summary>A line of the log; nothing when quiet.</summary>
    public void Log(string text)
    {
        if (!IsQuiet)
        {
            Error.WriteLine(text);
        }
    }

    /// <summary>Something that the reader should look at; nothing when quiet.</summary>
    public void Warn(string sentence) => Log("gonogo: warning: " + sentence);

    /// <summary>The line that ends a failed command; shown even when quiet.</summary>
    public void ErrorLine(string text) => Error.WriteLine("gonogo: " + text);

    /// <summary>
    /// Runs long work with a progress bar on a terminal, with a line now and then elsewhere, with nothing when quiet.
    /// </summary>
    /// <param name="title">What is done.</param>
    /// <param name="work">The work; it tells its progress.</param>
    public T Progress<T>(string title, Func<IProgressView, T> work)
    {
        if (IsQuiet)
        {
            return work(new SilentProgress());
        }

        return _errorDrawing is null ? work(new LineProgress(title, Error)) : BarProgress.Run(_errorDrawing, title, work);
    }

    /// <summary>The same for work that counts what it does.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="work">The work; it tells how many are done, and of how many.</param>
    public T Count<T>(string title, Func<Action<int, int>, T> work) => Progress(title, view =>
    {
        var rate = new Rate();
        return work((done, all) => view.Report((double)done / Math.Max(all, 1), rate.Text(done, all)));
    });

    private static IAnsiConsole Drawing(TextWriter writer, bool usesColour) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        ColorSystem = usesColour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.Yes,
        Out = new AnsiConsoleOutput(writer),
    });
}

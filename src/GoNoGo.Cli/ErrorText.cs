using GoNoGo.Cli.Terminals;
using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Vision.Datasets;

namespace GoNoGo.Cli;

/// <summary>Turns what was thrown into one line and an exit code.</summary>
internal static class ErrorText
{
    public static int Write(Exception exception, Terminal terminal, CancellationToken cancellation)
    {
        if (exception is AggregateException { InnerExceptions: [var only] })
        {
            exception = only;
        }

        if (exception is InterruptedException or OperationCanceledException && cancellation.IsCancellationRequested)
        {
            terminal.ErrorLine(exception is InterruptedException interrupted ? interrupted.Message : "interrupted.");
            return ExitCode.Interrupted;
        }

        terminal.ErrorLine("error: " + OneLine(Sentence(exception)));
        if (terminal.IsVerbose)
        {
            terminal.Error.WriteLine(exception.ToString());
        }

        return IsUsage(exception) ? ExitCode.Usage : ExitCode.Failed;
    }

    private static bool IsUsage(Exception exception) => exception is UsageException or OptionException
        // With a cause it is the weights file that is wrong, not the command.
        or BackboneException { InnerException: null }
        or DatasetException { Error: DatasetError.CategoryRequired or DatasetError.UnknownCategory or DatasetError.UnknownLayout };

    private static string Sentence(Exception exception) => exception switch
    {
        UsageException or OptionException or ModelException or BackboneException or IOException => exception.Message,
        UnauthorizedAccessException => exception.Message.TrimEnd('.') + "; check the permissions.",
        OutOfMemoryException => "not enough memory; choose a smaller batch-size or size, or close other programs.",
        _ => $"{exception.GetType().Name}: {exception.Message.TrimEnd('.')}; this is a fault of gonogo: run the command again with --verbose and report what it prints.",
    };

    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}

/// <summary>Interrupted, with something to say about how to go on.</summary>
internal sealed class InterruptedException(string message) : OperationCanceledException(message);

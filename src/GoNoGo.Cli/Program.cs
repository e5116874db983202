using System.Runtime.InteropServices;
using GoNoGo.Cli;
using GoNoGo.Cli.Terminals;

// The first Ctrl+C or SIGTERM asks the work to stop at the next safe place (a checkpoint is written); the second ends the process.
using var stop = new CancellationTokenSource();

void Stop(PosixSignalContext signal)
{
    if (!stop.IsCancellationRequested)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return CommandLine.Run(args, Terminal.OfProcess(), stop.Token);

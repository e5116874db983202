using System.Diagnostics;

namespace GoNoGo.Benchmarks.Peers;

/// <summary>
/// A script of <c>bench/peers</c> that answers one line for each line it is sent, so that it can take turns with our code. The
/// interpreter is <c>GONOGO_PYTHON</c>, else <c>/usr/bin/python3</c>, else <c>python3</c>.
/// </summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly Process _process;

    private PythonPeer(Process process, string version)
    {
        _process = process;
        Version = version;
    }

    /// <summary>What the script says of itself in its first line.</summary>
    public string Version { get; }

    /// <summary>Starts a script; null where Python or a package that it needs is not installed.</summary>
    public static PythonPeer? TryStart(string script, params string[] arguments)
    {
        string? path = PeerScripts.Find(script);
        if (path is null)
        {
            return null;
        }

        string interpreter = Environment.GetEnvironmentVariable("GONOGO_PYTHON") ?? (File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3");
        try
        {
            Process process = Process.Start(new ProcessStartInfo(interpreter, [path, .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
            if (process.StandardOutput.ReadLine() is { } version)
            {
                return new PythonPeer(process, version);
            }

            process.Dispose();
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Sends a request and waits for the answer.</summary>
    public string Ask(string request)
    {
        _process.StandardInput.WriteLine(request);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The peer ended at the request '{request}'.");
    }

    /// <summary>Ends the script.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}

namespace GoNoGo.Fuzzing;

/// <summary>
/// One reader of files and what may come of damaged ones. To add a reader: a class like this one's children, a line in
/// <see cref="FuzzTargets"/>, and a test that runs it for some thousand cases.
/// </summary>
public abstract class FuzzTarget
{
    /// <summary>The name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>The end of the names of its files, with the dot.</summary>
    public abstract string Extension { get; }

    /// <summary>One sentence for the list.</summary>
    public abstract string Summary { get; }

    /// <summary>Beyond four times what was read or the file, a reader may allocate this much. 16 MB.</summary>
    public virtual long FixedBytes => 16L << 20;

    /// <summary>The longest that a case may take.</summary>
    public virtual TimeSpan TimeLimit => TimeSpan.FromSeconds(2);

    /// <summary>The files that mutations begin with: valid ones, small, of every form that the reader knows; some damaged ones are welcome. The same at every call.</summary>
    public abstract IReadOnlyList<byte[]> Seeds();

    /// <summary>Damages a file with knowledge of its format; returns another array, and takes files that are no longer valid.</summary>
    public abstract byte[] MutateStructure(byte[] file, Random random);

    /// <summary>Reads a file on the calling thread, everything that the reader can do with it.</summary>
    /// <returns>Bytes of what was read.</returns>
    /// <exception cref="FuzzFailureException">What was read contradicts itself.</exception>
    public abstract long Read(byte[] file);

    /// <summary>Whether this is how the reader refuses a file; any other exception is a failure.</summary>
    public abstract bool IsRefusal(Exception exception);

    /// <summary>Bytes that were due although the file was refused, for instance the picture whose last row turned out to be damaged.</summary>
    public virtual long DueBytes(byte[] file, Exception refusal) => 0;

    /// <summary>A closer look at some of the files that were read.</summary>
    /// <exception cref="FuzzFailureException">What was read is wrong.</exception>
    public virtual void Verify(byte[] file)
    {
    }
}

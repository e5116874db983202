using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>
/// Walks a mixture density network's wide outputs in blocks of features with all their components. A block is two matrix products, a
/// reduction while it lies in the cache, and, where gradients are wanted, two more products with what the reduction left in its place.
/// Blocks follow one another; inside, all threads work: sums run in one order for any number of them.
/// </summary>
internal unsafe ref struct BlockedMixture
{
    /// <summary>Numbers of one block of means: with as many deviations, what the second or third level of a cache holds.</summary>
    private const int BlockNumbers = 1 << 20;

    /// <summary>Rows of a product: more of them bring nothing.</summary>
    private const int BlockRows = 4096;

    private readonly Tape _tape;
    private readonly MixtureOptions _options;
    private readonly int _rows;
    private readonly int _features;
    private readonly int _components;
    private readonly int _blockFeatures;
    private readonly PackedInput _meanInput;
    private readonly PackedInput _deviationInput;
    private readonly bool _sharesInput;
    private readonly BlockedMap _meanMap;
    private readonly BlockedMap _deviationMap;
    private readonly Tensor _targets;
    private readonly Tensor _means;
    private readonly Tensor _raw;
    private readonly Tensor _weights;
    private readonly Tensor _upstream;
    private readonly Tensor _sums;
    private BlockArguments _arguments;

    /// <summary>Packs what all blocks need.</summary>
    /// <param name="target">The modelled vectors <c>[N, D]</c>.</param>
    /// <param name="logits">Mixture logits <c>[N, K]</c>.</param>
    /// <param name="maps">Where means and deviations come from.</param>
    /// <param name="options">The form of the mixture.</param>
    /// <param name="lossFactor">Derivative of the wanted loss by each row's log-likelihood; null: values only.</param>
    public BlockedMixture(Variable target, Variable logits, in MixtureMaps maps, MixtureOptions options, float? lossFactor)
    {
        _tape = target.Tape;
        _options = options;
        _rows = target.Shape[0];
        _features = target.Shape[1];
        _components = logits.Shape[1];
        int stride = (_rows + 15) / 16 * 16;
        long perFeature = (long)_components * stride;
        // Whole groups of features, so that a row's sums do not depend on the number of rows.
        long wanted = Math.Min(BlockNumbers / perFeature, BlockRows / _components) / JointBlockKernel.FeaturesPerFlush * JointBlockKernel.FeaturesPerFlush;
        _blockFeatures = (int)Math.Min(Math.Max(wanted, JointBlockKernel.FeaturesPerFlush), _features);
        _sharesInput = maps.MeanInput.Index == maps.DeviationInput.Index;
        bool learns = lossFactor is not null;
        bool learnsMeans = learns && maps.MeanWeight.NeedsGradient;
        bool learnsDeviations = learns && maps.DeviationWeight.NeedsGradient;
        _meanInput = new PackedInput(maps.MeanInput, stride, learns, learnsMeans || (_sharesInput && learnsDeviations));
        _deviationInput = _sharesInput ? _meanInput : new PackedInput(maps.DeviationInput, stride, learns, learnsDeviations);
        _meanMap = new BlockedMap(_meanInput, maps.MeanWeight, maps.MeanBias, learns);
        _deviationMap = new BlockedMap(_deviationInput, maps.DeviationWeight, maps.DeviationBias, learns);
        var wide = new Shape(_blockFeatures * _components, stride);
        _means = _tape.New(wide);
        _raw = _tape.New(wide);
        _targets = Transposed(target.Value, stride);
        _weights = _tape.New(new Shape(_rows, _components));
        Tensor logWeights = LogWeights(logits.Value, stride);
        bool joint = options.Form == MixtureForm.Joint;
        _sums = _tape.Scope.Zeros(new Shape(joint ? _components : 1, 2 * stride));
        int chunks = (stride + BlockArguments.ChunkRows - 1) / BlockArguments.ChunkRows;
        _upstream = default;
        Tensor shares = default;
        TargetGradient = default;
        if (lossFactor is { } factor)
        {
            _upstream = _tape.Scope.Zeros(new Shape(stride));
            _upstream.Span[.._rows].Fill(factor);
            shares = _tape.Scope.Zeros(new Shape(_components, stride));
            TargetGradient = target.NeedsGradient ? _tape.New(new Shape(_features, stride)) : default;
        }

        Shares = shares;
        _arguments = new BlockArguments
        {
            Stride = stride,
            Components = _components,
            Floor = options.DeviationFloor,
            LogWeights = logWeights.Pointer,
            Means = _means.Pointer,
            Raw = _raw.Pointer,
            Terms = joint ? null : _tape.New(new Shape(chunks, BlockArguments.ChunkRows * _components)).Pointer,
            Sums = (double*)_sums.Pointer,
            Upstream = learns ? _upstream.Pointer : null,
            Shares = learns ? shares.Pointer : null,
        };
    }

    /// <summary>Derivative of the loss by the modelled values <c>[D, S]</c>, where wanted.</summary>
    public Tensor TargetGradient { get; }

    /// <summary>Derivative of the loss by the log weights <c>[K, S]</c>.</summary>
    public Tensor Shares { get; }

    /// <summary>Derivative of the loss by the mean map's input <c>[S, H]</c>, where wanted; that of a shared input holds both maps' parts.</summary>
    public readonly Tensor MeanInputGradient => _meanInput.Gradient;

    /// <summary>Derivative of the loss by the deviation map's input <c>[S, H]</c>, where wanted and not shared.</summary>
    public readonly Tensor DeviationInputGradient => _sharesInput ? default : _deviationInput.Gradient;

    /// <summary>
    /// Makes all blocks: the rows' log-likelihoods, and the gradients of both maps' parameters, which are added to those there are.
    /// </summary>
    /// <param name="likelihoods">Receives <c>[N]</c>: the log-likelihood of each row, per feature summed over D.</param>
    public void Run(Span<double> likelihoods)
    {
        switch (_options.Deviation)
        {
            case DeviationForm.EluPlusOne:
                Run<EluPlusOneDeviation>(likelihoods);
                break;
            case DeviationForm.Softplus:
                Run<SoftplusDeviation>(likelihoods);
                break;
            case DeviationForm.SoftplusVariance:
                Run<SoftplusVarianceDeviation>(likelihoods);
                break;
            default:
                Run<SoftplusLogVarianceDeviation>(likelihoods);
                break;
        }
    }

    /// <summary>Adds a factor times the gradient of the logits <c>[N, K]</c>.</summary>
    public readonly void AddLogitGradient(float factor, Tensor gradient)
    {
        float* outer = stackalloc float[_components];
        for (int row = 0; row < _rows; row++)
        {
            for (int k = 0; k < _components; k++)
            {
                outer[k] = factor * Shares.Pointer[((long)k * _arguments.Stride) + row];
            }

            long at = (long)row * _components;
            ComponentBlocks.AddLogitGradient(outer, _weights.Pointer + at, _components, _options.WeightEpsilon, gradient.Pointer + at);
        }
    }

    /// <summary>Gives the packed inputs back; the tensors belong to the tape.</summary>
    public readonly void Dispose()
    {
        _meanInput.Dispose();
        if (!_sharesInput)
        {
            _deviationInput.Dispose();
        }
    }

    private void Run<TDeviation>(Span<double> likelihoods)
        where TDeviation : struct, IDeviation
    {
        bool learns = !_upstream.IsEmpty;
        if (_options.Form == MixtureForm.Joint)
        {
            for (int feature = 0; feature < _features; feature += _blockFeatures)
            {
                Multiply(feature);
                VectorLoop.For(_arguments.Chunks, new JointBlockKernel.Values<TDeviation>(_arguments));
            }

            fixed (double* target = likelihoods)
            {
                Workers.For(_arguments.Chunks, new Combining { Arguments = _arguments, Features = _features, Rows = _rows, Likelihoods = target });
            }

            for (int feature = 0; learns && feature < _features; feature += _blockFeatures)
            {
                Multiply(feature);
                VectorLoop.For(_arguments.Chunks, new JointBlockKernel.Gradients<TDeviation>(_arguments));
                PutGradients(feature);
            }

            return;
        }

        for (int feature = 0; feature < _features; feature += _blockFeatures)
        {
            Multiply(feature);
            VectorLoop.For(_arguments.Chunks, new PerFeatureBlockKernel<TDeviation>(_arguments));
            if (learns)
            {
                PutGradients(feature);
            }
        }

        new ReadOnlySpan<double>(_arguments.Sums, _rows).CopyTo(likelihoods);
    }

    /// <summary>The means and raw deviations of the features from here on.</summary>
    private void Multiply(int feature)
    {
        _arguments.Features = Math.Min(_blockFeatures, _features - feature);
        _arguments.Targets = _targets.Pointer + ((long)feature * _arguments.Stride);
        _arguments.TargetGradients = TargetGradient.IsEmpty ? null : TargetGradient.Pointer + ((long)feature * _arguments.Stride);
        int count = _arguments.Features * _components;
        _meanMap.Multiply(feature * _components, _means.Slice(0, count));
        _deviationMap.Multiply(feature * _components, _raw.Slice(0, count));
    }

    /// <summary>Takes the gradients that stand where means and raw deviations stood to the parameters and inputs.</summary>
    private readonly void PutGradients(int feature)
    {
        int count = _arguments.Features * _components;
        _meanMap.PutGradients(feature * _components, _means.Slice(0, count));
        _deviationMap.PutGradients(feature * _components, _raw.Slice(0, count));
    }

    /// <summary>The modelled values <c>[D, S]</c>, 0 beyond the rows there are.</summary>
    private readonly Tensor Transposed(Tensor rows, int stride)
    {
        Tensor result = _tape.New(new Shape(_features, stride));
        Workers.For((_features + 15) / 16, new Transposition { Source = rows.Pointer, Destination = result.Pointer, Rows = _rows, Columns = _features, Stride = stride });
        return result;
    }

    /// <summary>The log weights <c>[K, S]</c>, 0 beyond the rows there are; the weights themselves row by row.</summary>
    private readonly Tensor LogWeights(Tensor logits, int stride)
    {
        Tensor result = _tape.Scope.Zeros(new Shape(_components, stride));
        float* row = stackalloc float[_components];
        for (int n = 0; n < _rows; n++)
        {
            long at = (long)n * _components;
            ComponentBlocks.LogWeights(logits.Pointer + at, _components, _options.WeightEpsilon, row, _weights.Pointer + at);
            for (int k = 0; k < _components; k++)
            {
                result.Pointer[((long)k * stride) + n] = row[k];
            }
        }

        return result;
    }

    private struct Combining : IParallelBody
    {
        public BlockArguments Arguments;
        public int Features;
        public int Rows;
        public double* Likelihoods;

        public readonly void Invoke(int index)
        {
            int end = Math.Min((index + 1) * BlockArguments.ChunkRows, Rows);
            for (int row = index * BlockArguments.ChunkRows; row < end; row++)
            {
                Likelihoods[row] = JointBlockKernel.Combine(Arguments, Features, row);
            }
        }
    }

    private struct Transposition : IParallelBody
    {
        public float* Source;
        public float* Destination;
        public int Rows;
        public int Columns;
        public int Stride;

        public readonly void Invoke(int index)
        {
            int end = Math.Min((index + 1) * 16, Columns);
            for (int row = 0; row < Rows; row++)
            {
                for (int column = index * 16; column < end; column++)
                {
                    Destination[((long)column * Stride) + row] = Source[((long)row * Columns) + column];
                }
            }

            for (int column = index * 16; column < end; column++)
            {
                new Span<float>(Destination + ((long)column * Stride) + Rows, Stride - Rows).Clear();
            }
        }
    }
}
